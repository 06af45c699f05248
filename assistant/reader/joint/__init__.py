"""The joint reader: question and passage read together by one small trained encoder."""
