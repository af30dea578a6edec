{{ staging('homework_a/records') }}
