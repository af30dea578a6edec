"""What Shuyuan adds to Airflow's page; Airflow loads each file here as a plugin."""
