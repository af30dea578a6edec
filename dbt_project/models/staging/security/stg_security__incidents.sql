{{ staging('security/incidents') }}
