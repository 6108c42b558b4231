"""A notes API with FastAPI: only pages of one origin can read and write it.

Run it with::

    python -m pip install 'fastapi' 'uvicorn' 'wsgicors-policy'
    uvicorn notes:app
"""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from wsgicors import Policy
from wsgicors.asgi import CORS

api = FastAPI()
notes: dict[int, str] = {}


class Note(BaseModel):
    """What a page sends."""

    text: str


@api.get("/notes/{number}")
async def read(number: int) -> Note:
    """Return a note."""
    if number not in notes:
        raise HTTPException(404)
    return Note(text=notes[number])


@api.put("/notes/{number}")
async def write(number: int, note: Note) -> Note:
    """Keep a note."""
    notes[number] = note.text
    return note


app = CORS(
    api,
    Policy(
        allow_origins=["http://localhost:5173", "https://www.example.com"],
        allow_methods=["PUT"],
        allow_headers=["Content-Type"],
        max_age=600,
    ),
)
