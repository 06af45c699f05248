"""Files and addresses → articles; knows neither embedding nor vectors."""
