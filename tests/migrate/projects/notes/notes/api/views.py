from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def notes(request):
    return JsonResponse({"notes": []}, headers={"X-Total": "0"})


def status(request):
    return JsonResponse({"status": "ok"})
