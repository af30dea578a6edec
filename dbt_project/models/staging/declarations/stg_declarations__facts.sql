{{ staging('declarations/facts') }}
