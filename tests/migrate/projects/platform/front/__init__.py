from flask import Flask
from flask_cors import CORS

ORIGINS = ("https://www.example.com/", "http://localhost:80")
ORIGINS += ("https://beta.example.com",)

app = Flask(__name__)
CORS(app, origins=ORIGINS, allow_headers="Content-Type,Authorization", methods="GET,post")


@app.route("/front/prices", methods=["GET", "POST"])
def prices():
    return {}
