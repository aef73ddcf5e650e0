using System.Text.Json;
using Chela.Client.Wire;

namespace Chela.Client;

/// <summary>The calls that wait for an answer, by request id.</summary>
internal sealed class PendingCalls
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Pending> _open = [];
    private GatewayClosedException? _ended;

    /// <summary>Opens a place for an answer.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="method">The method, for the exception.</param>
    /// <param name="final">Whether an answer of status <c>accepted</c> is only the first of two.</param>
    /// <exception cref="GatewayClosedException">The connection has ended already.</exception>
    public Task<JsonElement> Open(string id, string method, bool final)
    {
        var pending = new Pending(method, final);
        lock (_gate)
        {
            if (_ended is not null)
            {
                throw _ended;
            }

            _open.Add(id, pending);
        }

        return pending.Answer.Task;
    }

    /// <summary>Takes the place away; an answer that comes later is ignored.</summary>
    public void Forget(string id)
    {
        lock (_gate)
        {
            _open.Remove(id);
        }
    }

    /// <summary>Gives an answer to the call that waits for it; answers nobody waits for are ignored.</summary>
    public void Answer(IncomingFrame response)
    {
        Pending? pending;
        lock (_gate)
        {
            if (response.Id is null || !_open.TryGetValue(response.Id, out pending) || (pending.Final && IsInterim(response)))
            {
                return;
            }

            _open.Remove(response.Id);
        }

        if (response.Ok)
        {
            pending.Answer.TrySetResult(response.Payload ?? JsonElement.Parse("null"));
            return;
        }

        var error = response.Error ?? new WireError("UNAVAILABLE", "the gateway refused without a reason");
        pending.Answer.TrySetException(error.ToException(pending.Method));
    }

    /// <summary>Fails every waiting call, and every later one.</summary>
    public void End(GatewayClosedException end)
    {
        lock (_gate)
        {
            _ended = end;
        }

        Interrupt(end);
    }

    /// <summary>Fails every waiting call.</summary>
    public void Interrupt(GatewayClosedException end)
    {
        Pending[] waiting;
        lock (_gate)
        {
            waiting = [.. _open.Values];
            _open.Clear();
        }

        foreach (var pending in waiting)
        {
            pending.Answer.TrySetException(end);
        }
    }

    private static bool IsInterim(IncomingFrame response) =>
        response is { Ok: true, Payload: { ValueKind: JsonValueKind.Object } payload }
        && payload.TryGetProperty("status", out var status)
        && status.ValueKind == JsonValueKind.String
        && status.ValueEquals("accepted");

    private sealed record Pending(string Method, bool Final)
    {
        public TaskCompletionSource<JsonElement> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
