{{ staging('homework_b/records') }}
