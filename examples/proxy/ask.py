"""Asks about a picture through the proxy, with the openai package: only the base URL is another.

First: vlm-detective serve. Then: OPENAI_BASE_URL=http://127.0.0.1:8090/v1 python ask.py scene.png
"""
import base64
import os
import sys

from openai import OpenAI

client = OpenAI()  # OPENAI_API_KEY, OPENAI_BASE_URL
picture = base64.b64encode(open(sys.argv[1], "rb").read()).decode()
question = [
    {"type": "text", "text": "What do you see?"},
    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}},
]
call = {"model": os.environ.get("MODEL", "gpt-5.1"), "messages": [{"role": "user", "content": question}]}

answer = client.chat.completions.create(**call)
print("answer:", answer.choices[0].message.content)
for report in answer.vlm_detective:  # unknown fields stay on the object
    print("report:", report["status"], [(edit["from"], edit["to"]) for edit in report["edits"]])

print("stream:", end=" ", flush=True)
for chunk in client.chat.completions.create(**call, stream=True):
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
