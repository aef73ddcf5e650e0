using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Load;

/// <summary>
/// One client that listens to the runs of all sessions. Its connection is cut at random moments, with what was on its way; it comes
/// back, asks for what it missed by <c>events.resume</c>, and checks that it has everything once and in order.
/// </summary>
internal sealed class ResumeTrial(LoadPlan plan) : IDisposable
{
    /// <summary>Few enough that what is missed in one cut stays within what the gateway keeps.</summary>
    private const int RunsInFlight = 8;

    private const int Words = 150;
    private static readonly TimeSpan FrameLimit = TimeSpan.FromSeconds(30);

    // The same cuts in every trial.
    private readonly Random _random = new(20_261_125);
    private readonly TrialStream _stream = new();
    private readonly Talker _talker = new(plan, RunsInFlight, Words);
    private string? _epoch;
    private int _cuts;
    private int _resumed;

    /// <summary>Runs the trial and prints its result; the exit code is 1 when anything was lost, repeated or out of order.</summary>
    public async Task<int> RunAsync()
    {
        using var enough = new CancellationTokenSource();
        var began = Stopwatch.GetTimestamp();
        var talking = Task.CompletedTask;
        while (_stream.Faults.Count == 0 && (_stream.Events < plan.Events || _cuts < plan.Cuts))
        {
            using var socket = await CrowdSocket.OpenAsync(plan, index: 0, receiveBytes: null, CancellationToken.None);
            var reader = new FrameReader(socket);
            await OpenClawHandshake.RunAsync(socket, reader, plan.Token, CancellationToken.None);
            await ResumeAsync(socket, reader);
            talking = talking.IsFaulted ? throw talking.Exception : _cuts == 0 ? _talker.RunAsync(enough.Token) : talking;
            await ListenAsync(reader);
            socket.Abort();
            _cuts++;
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await enough.CancelAsync();
        await Task.WhenAny(talking);
        var result = new TrialResult(_stream.Events, _cuts, _resumed, seconds, _stream.Faults);
        Console.WriteLine(JsonSerializer.Serialize(result, LoadJson.Default.TrialResult));
        return _stream.Faults.Count == 0 ? 0 : 1;
    }

    public void Dispose() => _talker.Dispose();

    /// <summary>Takes in a random number of events.</summary>
    private async Task ListenAsync(FrameReader reader)
    {
        var mean = Math.Max(1, plan.Events / plan.Cuts);
        for (var left = _random.Next(1, 2 * mean); left > 0; left--)
        {
            if (_stream.Take(await FrameAsync(reader)))
            {
                _talker.Ended();
            }
        }
    }

    /// <summary>Goes on with the stream, or learns the name of the first.</summary>
    private async Task ResumeAsync(WebSocket socket, FrameReader reader)
    {
        var call = new JsonObject
        {
            ["type"] = "req",
            ["id"] = "resume",
            ["method"] = "events.resume",
            ["params"] = _epoch is null ? [] : new JsonObject { ["epoch"] = _epoch, ["seq"] = _stream.Seq },
        };
        var bytes = Encoding.UTF8.GetBytes(call.ToJsonString());
        await socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        while (true)
        {
            var frame = await FrameAsync(reader);
            if (frame.Span.IndexOf("\"type\":\"res\""u8) < 0)
            {
                continue; // told between the login and this call, on the stream that now ends
            }

            Resumed(frame);
            return;
        }
    }

    private void Resumed(ReadOnlyMemory<byte> frame)
    {
        using var document = JsonDocument.Parse(frame);
        if (!document.RootElement.GetProperty("ok").GetBoolean())
        {
            throw new InvalidOperationException($"The resumption was refused: {Encoding.UTF8.GetString(frame.Span)}");
        }

        var payload = document.RootElement.GetProperty("payload");
        var status = payload.GetProperty("status").GetString();
        if (_epoch is null)
        {
            _stream.StartAt(payload.GetProperty("seq").GetInt64());
        }
        else if (status == "resumed")
        {
            _resumed++;
        }
        else
        {
            _stream.Fault($"cut {_cuts}: {status} {payload.GetProperty("reason")}");
        }

        _epoch = payload.GetProperty("epoch").GetString();
    }

    private static async Task<ReadOnlyMemory<byte>> FrameAsync(FrameReader reader)
    {
        using var limit = new CancellationTokenSource(FrameLimit);
        return await reader.ReadAsync(limit.Token) ?? throw new InvalidOperationException("The gateway said goodbye.");
    }
}
