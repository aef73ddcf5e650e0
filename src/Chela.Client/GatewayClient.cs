using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Client.Wire;

namespace Chela.Client;

/// <summary>
/// A client of a gateway: calls in any number at once, and events. It reconnects if it is told to. Safe for use by many threads.
/// </summary>
public sealed class GatewayClient : IAsyncDisposable
{
    private const int DefaultCapacity = 1024;

    private readonly GatewayClientOptions _options;
    private readonly PendingCalls _calls = new();
    private readonly EventFanOut _events;
    private readonly CancellationTokenSource _abandon = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task<GatewayClosedException> _reading;
    private volatile TaskCompletionSource<GatewayLink> _linked = NewLink();
    private GatewayLink _link;
    private string? _epoch;
    private long _lastId;
    private int _disposed;

    private GatewayClient(GatewayClientOptions options, GatewayLink link)
    {
        _options = options;
        _link = link;
        _events = new EventFanOut(FirstNumber(link));
        Begin(link);
        _reading = RunAsync();
    }

    /// <summary>What the gateway said when it let the client in, the last time.</summary>
    public GatewayHello Hello => Volatile.Read(ref _link).Hello;

    /// <summary>Completes, never faults, when the connection has ended for good, and says how.</summary>
    public Task<GatewayClosedException> Closed => _reading;

    /// <summary>Connects and introduces the client.</summary>
    /// <exception cref="GatewayUnreachableException">Nothing there speaks the protocol, or not in time.</exception>
    /// <exception cref="GatewayCallException">The gateway refused; the method is <c>connect</c>.</exception>
    /// <exception cref="GatewayClosedException">The gateway closed the connection instead of answering.</exception>
    public static async Task<GatewayClient> ConnectAsync(GatewayClientOptions options, CancellationToken ct = default)
    {
        return new GatewayClient(options, await GatewayLink.OpenAsync(options, epoch: null, seq: 0, ct));
    }

    /// <summary>Calls a method and waits for its first answer.</summary>
    /// <exception cref="GatewayCallException">The gateway answered with an error.</exception>
    /// <exception cref="GatewayClosedException">The connection ended before the answer.</exception>
    /// <exception cref="TimeoutException">No answer within <see cref="GatewayClientOptions.CallTimeout"/>.</exception>
    public Task<JsonElement> CallAsync(string method, JsonElement? parameters = null, CancellationToken ct = default) =>
        CallAsync(method, id => Frame(id, method, parameters), final: false, _options.CallTimeout, ct);

    /// <summary>Calls a method with typed parameters and reads its first answer as a typed result. Errors as above.</summary>
    /// <exception cref="JsonException">The answer does not fit the type.</exception>
    public async Task<TResult> CallAsync<TParams, TResult>(
        string method,
        TParams parameters,
        JsonTypeInfo<TParams> paramsType,
        JsonTypeInfo<TResult> resultType,
        CancellationToken ct = default)
    {
        var answer = await CallAsync(
            method, id => RequestFrame.Write(id, method, parameters, paramsType), final: false, _options.CallTimeout, ct);
        return answer.Deserialize(resultType) ?? throw new JsonException($"{method} answered null");
    }

    /// <summary>
    /// Calls a method that answers twice (<c>agent</c>) and waits for the second answer, without any deadline but the caller's.
    /// </summary>
    public Task<JsonElement> CallForFinalAsync(string method, JsonElement? parameters = null, CancellationToken ct = default) =>
        CallAsync(method, id => Frame(id, method, parameters), final: true, Timeout.InfiniteTimeSpan, ct);

    /// <summary>Takes the events from now on. Dispose the subscription when done.</summary>
    /// <param name="filter">Which events; null for all.</param>
    /// <param name="capacity">How many unread events are kept before the oldest give way.</param>
    public GatewayEventSubscription Subscribe(GatewayEventFilter? filter = null, int capacity = DefaultCapacity) =>
        _events.Subscribe(filter ?? new GatewayEventFilter(), capacity);

    /// <summary>Says goodbye and waits for the gateway's, but not longer than <see cref="GatewayClientOptions.CloseTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _leaving.CancelAsync();
        using var late = new CancellationTokenSource(_options.CloseTimeout, _options.TimeProvider);
        await using var giveUp = late.Token.Register(_abandon.Cancel);
        await _link.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", late.Token);
        await _reading;
        _link.Socket.Dispose();
        _abandon.Dispose();
        _leaving.Dispose();
    }

    /// <summary>Protocol 4 numbers the events of each connection from 1; protocol 3 shares one numbering, so its first number is no gap.</summary>
    private static long? FirstNumber(GatewayLink link) => link.Events?.Seq ?? (link.Hello.Protocol >= 4 ? 0 : null);

    private static TaskCompletionSource<GatewayLink> NewLink() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ReadOnlyMemory<byte> Frame(string id, string method, JsonElement? parameters) => parameters is { } element
        ? RequestFrame.Write(id, method, element, ClientJson.Default.JsonElement)
        : RequestFrame.Write(id, method, null, ClientJson.Default.IncomingFrame);

    private async Task<JsonElement> CallAsync(
        string method, Func<string, ReadOnlyMemory<byte>> write, bool final, TimeSpan timeout, CancellationToken ct)
    {
        var id = "r" + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var frame = write(id);
        if (frame.Length > Hello.Policy.MaxPayload)
        {
            // Sending it would cost the whole connection: the gateway closes it with 1009.
            throw new GatewayCallException(
                method, "INVALID_REQUEST", $"the request has {frame.Length} bytes; the gateway takes at most {Hello.Policy.MaxPayload}");
        }

        var answer = _calls.Open(id, method, final);
        try
        {
            return await ExchangeAsync(frame, answer, ct).WaitAsync(timeout, _options.TimeProvider, ct);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"no answer to {method} within {timeout.TotalSeconds:0.#} s", e);
        }
        finally
        {
            _calls.Forget(id);
        }
    }

    private async Task<JsonElement> ExchangeAsync(ReadOnlyMemory<byte> frame, Task<JsonElement> answer, CancellationToken ct)
    {
        var linked = _linked.Task;
        if (await Task.WhenAny(linked, answer).WaitAsync(ct) == linked)
        {
            await (await linked).Socket.SendAsync(frame, ct);
        }

        return await answer;
    }

    private async Task<GatewayClosedException> RunAsync()
    {
        var end = await ReadToEndAsync(_link.Socket);
        while (_options.Reconnect && end.CloseCode != (int)WebSocketCloseStatus.NormalClosure && !_leaving.IsCancellationRequested)
        {
            _linked = NewLink();
            _calls.Interrupt(end);
            _link.Socket.Dispose();
            if (await ComeBackAsync(end) is { } refusal)
            {
                end = refusal;
                break;
            }

            end = await ReadToEndAsync(_link.Socket);
        }

        return await EndAsync(end);
    }

    private async Task<GatewayClosedException> EndAsync(GatewayClosedException end)
    {
        if (Volatile.Read(ref _disposed) == 1)
        {
            end = new GatewayClosedException((int)WebSocketCloseStatus.NormalClosure, "closed by this client", end);
        }

        _calls.End(end);
        _events.End(_disposed == 1 ? null : end);
        using var late = new CancellationTokenSource(_options.CloseTimeout, _options.TimeProvider);
        await _link.Socket.CloseAsync(Goodbye(end.CloseCode), "", late.Token);
        return end;
    }

    /// <summary>Connects again, for as long as it takes.</summary>
    /// <returns>Null when it is done; the end when the gateway does not let this client in again, or it was disposed.</returns>
    private async Task<GatewayClosedException?> ComeBackAsync(GatewayClosedException end)
    {
        for (var delay = _options.ReconnectDelay; ; delay = Min(2 * delay, _options.MaxReconnectDelay))
        {
            try
            {
                await Task.Delay(delay * (0.5 + (_options.Jitter.NextDouble() / 2)), _options.TimeProvider, _leaving.Token);
                Begin(await GatewayLink.OpenAsync(_options, _epoch, _events.LastSeq, _leaving.Token));
                return null;
            }
            catch (GatewayCallException refused) when (!refused.Retryable)
            {
                return new GatewayClosedException(end.CloseCode, refused.Message, refused);
            }
            catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
            {
                return end;
            }
            catch (Exception e) when (e is GatewayUnreachableException or GatewayClosedException or GatewayCallException or JsonException)
            {
                // Not yet: the gateway may be starting.
            }
        }
    }

    private void Begin(GatewayLink link)
    {
        var isResumed = link.Events?.Status == "resumed";
        if (link != _link && !isResumed)
        {
            _events.Restart(FirstNumber(link));
        }

        Volatile.Write(ref _link, link);
        _epoch = link.Events?.Epoch;
        foreach (var frame in isResumed ? [] : link.Early)
        {
            Take(frame); // of a stream that is given up they come again
        }

        _linked.TrySetResult(link);
    }

    private async Task<GatewayClosedException> ReadToEndAsync(FrameSocket socket)
    {
        try
        {
            while (true)
            {
                var bytes = await socket.ReceiveAsync(_abandon.Token);
                Take(JsonSerializer.Deserialize(bytes.Span, ClientJson.Default.IncomingFrame));
            }
        }
        catch (GatewayClosedException end)
        {
            return end;
        }
        catch (JsonException e)
        {
            // A gateway whose frames cannot be read might have sent an answer somebody waits for: end rather than hang.
            const int code = (int)WebSocketCloseStatus.InvalidPayloadData;
            return new GatewayClosedException(code, "the gateway sent a frame that cannot be read", e);
        }
        catch (OperationCanceledException e) when (_abandon.IsCancellationRequested)
        {
            return new GatewayClosedException(GatewayClosedException.Lost, "the gateway did not answer the goodbye", e);
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Take(IncomingFrame? frame)
    {
        switch (frame)
        {
            case { Type: "res" }:
                _calls.Answer(frame);
                break;
            case { Type: "event", Event: { } name }:
                _events.Publish(frame, name);
                break;
            default:
                // A kind of frame that a newer gateway may have; nobody here can wait for it.
                break;
        }
    }

    private static WebSocketCloseStatus Goodbye(int code) => (WebSocketCloseStatus)code switch
    {
        WebSocketCloseStatus.MessageTooBig => WebSocketCloseStatus.MessageTooBig,
        WebSocketCloseStatus.InvalidPayloadData => WebSocketCloseStatus.InvalidPayloadData,
        _ => WebSocketCloseStatus.NormalClosure,
    };
}
