"""How a chat model is named, called, timed and how it fails; knows no question and no evidence."""
