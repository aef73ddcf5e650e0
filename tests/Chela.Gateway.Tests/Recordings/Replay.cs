using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>Plays the client's side of a recording against a real gateway.</summary>
/// <param name="recording">The recording.</param>
/// <param name="gateway">The gateway.</param>
/// <param name="known">The methods that the gateway has; of others come no events.</param>
internal sealed class Replay(Recording recording, GatewayProcess gateway, IReadOnlySet<string> known) : IAsyncDisposable
{
    /// <summary>The difference of a kind of frame that does not come.</summary>
    public const string NotHeard = "was not heard";

    /// <summary>The difference of a connection that is not ended.</summary>
    public const string StaysOpen = "stays open";

    private const string LastCall = "~last";

    private readonly Dictionary<string, WireClient> _clients = [];
    private readonly Dictionary<string, string> _methods = [];
    private readonly Dictionary<string, (int Code, string Reason)> _closed = [];
    private readonly TestDevice _device = new();

    /// <summary>The methods that were called, by the id of the request.</summary>
    public IReadOnlyDictionary<string, string> Methods => _methods;

    /// <summary>How the gateway ended the connections that it ended in the recording.</summary>
    public IReadOnlyDictionary<string, (int Code, string Reason)> Closed => _closed;

    /// <summary>The frames that a connection heard, in order.</summary>
    public IReadOnlyList<JsonElement> HeardOn(string connection) =>
        [.. _clients[connection].Heard.Where(text => text.Length > 0).Select(text => JsonElement.Parse(text)).Where(frame => frame.Text("id") != LastCall)];

    /// <summary>Plays all steps, and waits for the gateway to end what it ended in the recording.</summary>
    public async Task RunAsync()
    {
        foreach (var step in recording.Steps)
        {
            await RunAsync(step);
        }

        foreach (var connection in recording.Closed.Keys.Where(_ => !IsKnown("close", StaysOpen)))
        {
            _closed[connection] = await _clients[connection].ClosedAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }
    }

    private async Task RunAsync(JsonElement step)
    {
        if (step.Text("open") is { } name)
        {
            (string, string)[] headers = step.Text("origin") is { } origin ? [("Origin", origin)] : [];
            _clients[name] = await WireClient.OpenAsync(gateway.Url + (step.Text("path") ?? "/"), headers);
        }
        else if (step.Text("await") is { } kind)
        {
            if (IsKnown(kind, NotHeard) || (!kind.StartsWith("answer ", StringComparison.Ordinal) && !_methods.Values.All(known.Contains)))
            {
                return;
            }

            await _clients[step.Text("on")!].WhenHeardAsync(frame => FrameKind.Of(frame, _methods) == kind);
        }
        else if (step.Text("leave") is { } leaver)
        {
            await LeaveAsync(_clients[leaver]);
        }
        else if (step.Text("signal") is not null)
        {
            gateway.Terminate();
        }
        else
        {
            await SendAsync(_clients[step.Text("on")!], step);
        }
    }

    /// <summary>What is known not to come is not waited for.</summary>
    private bool IsKnown(string kind, string what) => KnownDifferences.Cover(new Difference(recording.Name, kind, what));

    private async Task SendAsync(WireClient client, JsonElement step)
    {
        if (step.Text("text") is { } text)
        {
            await client.SendAsync(text);
        }
        else if (step.Text("bytes") is { } count)
        {
            byte[] bytes = [.. Enumerable.Range(1, int.Parse(count, provider: null)).Select(number => (byte)number)];
            await client.SendAsync(bytes, WebSocketMessageType.Binary);
        }
        else
        {
            await SendRequestAsync(client, step);
        }
    }

    private async Task SendRequestAsync(WireClient client, JsonElement step)
    {
        var frame = (JsonObject)JsonNode.Parse(step.GetProperty("send").GetRawText())!;
        if (step.Text("send/id") is { } id && step.Text("send/method") is { } method)
        {
            _methods[id] = method;
        }

        if (frame["method"]?.GetValue<string>() == "connect" && frame["params"] is JsonObject connect)
        {
            await FillInAsync(client, connect);
        }

        var text = frame.ToJsonString();
        if (step.Text("binary") is not null)
        {
            await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Binary);
        }
        else if (step.Text("fill") is { } length)
        {
            await client.TrySendAsync(text.Replace("~fill", new string('y', int.Parse(length, provider: null)), StringComparison.Ordinal));
        }
        else
        {
            await client.SendAsync(text);
        }
    }

    /// <summary>Puts the gateway's secret and a signed device where the recording names them.</summary>
    private async Task FillInAsync(WireClient client, JsonObject connect)
    {
        if (connect["auth"]?["token"]?.GetValue<string>() == "~token")
        {
            connect["auth"]!["token"] = gateway.Token;
        }

        if (connect["device"]?.GetValue<string>().Split(' ') is not [_, var version, .. var faults])
        {
            return;
        }

        await client.WhenHeardAsync(frame => frame.Text("event") == "connect.challenge");
        var nonce = JsonElement.Parse(client.Heard[0]).Text("payload/nonce")!;
        var fault = string.Join(' ', faults);
        _device.Sign(
            connect,
            fault.Contains("wrong-nonce", StringComparison.Ordinal) ? Guid.NewGuid().ToString() : nonce,
            version,
            fault.Contains("stale", StringComparison.Ordinal) ? TimeSpan.FromHours(-1) : TimeSpan.Zero);
        var device = (JsonObject)connect["device"]!;
        if (fault.Contains("bad-signature", StringComparison.Ordinal))
        {
            device["signature"] = new TestDevice().Sign((JsonObject)connect.DeepClone(), nonce, version, TimeSpan.Zero);
        }
        else if (fault.Contains("id-mismatch", StringComparison.Ordinal))
        {
            device["id"] = new TestDevice().Id;
        }
        else if (fault.Contains("no nonce", StringComparison.Ordinal))
        {
            device.Remove("nonce");
        }
    }

    /// <summary>Calls once more, so that everything said before the goodbye has been heard.</summary>
    private static async Task LeaveAsync(WireClient client)
    {
        await client.SendAsync(OpenClawWire.Request(LastCall, "health"));
        await client.AnswerAsync(LastCall);
        client.Abort();
    }
}
