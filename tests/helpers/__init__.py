"""What tests stand on: servers, browsers, files and models made for them."""
