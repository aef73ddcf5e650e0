using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Chela.Chaos;

/// <summary>
/// A client that sends one message after another and comes back whenever the gateway does. What was not acknowledged it sends again,
/// under the same key, until it is.
/// </summary>
internal sealed class Sender(int number, Victim gateway, WebhookDoor webhook, Ledger ledger, ChaosPlan plan)
{
    private const int ComeBackMs = 20;
    private const string FileName = "chaos.bin";

    private readonly Random _random = new(plan.Seed + number);

    /// <summary>Null for one that comes by webhook.</summary>
    private readonly string? _dialect = Wire.Dialects.ElementAtOrDefault(number % (Wire.Dialects.Count + 1));

    private Wire? _wire;
    private int _sent;

    /// <summary>Sends to the sessions of an era until told to stop; then all that it has sent is acknowledged.</summary>
    /// <param name="era">The number of the era.</param>
    /// <param name="stop">No further message is begun.</param>
    /// <param name="giveUp">The gateway does not come back.</param>
    public async Task RunAsync(int era, CancellationToken stop, CancellationToken giveUp)
    {
        while (!stop.IsCancellationRequested)
        {
            var message = Next(era);
            await SendAsync(message, giveUp);
            if (_random.Next(20) == 0)
            {
                ledger.SentAgain();
                await SendAsync(message, giveUp);
            }

            await Task.Delay(_random.Next(5, plan.LongestPauseMs), giveUp);
        }

        _wire?.Dispose();
        _wire = null;
    }

    private async Task SendAsync(Message message, CancellationToken giveUp)
    {
        while (!await TrySendAsync(message, giveUp))
        {
            ledger.SentAgain();
            await Task.Delay(ComeBackMs, giveUp);
        }
    }

    private async Task<bool> TrySendAsync(Message message, CancellationToken ct)
    {
        try
        {
            ledger.Acknowledge(message, _dialect is null ? await webhook.SendAsync(message, ct) : await CallAsync(_dialect, message, ct));
            return true;
        }
        catch (RefusedException e)
        {
            if (!e.IsForNow)
            {
                ledger.Fault($"{message.RunId} was refused: {e.Message}");
            }

            return !e.IsForNow;
        }
        catch (Exception e) when (e is WebSocketException or IOException or HttpRequestException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            ledger.CutOff();
            _wire?.Dispose();
            _wire = null;
            return false;
        }
    }

    private async Task<bool> CallAsync(string dialect, Message message, CancellationToken ct)
    {
        _wire ??= await Wire.OpenAsync(dialect, gateway, ct);
        var parameters = new JsonObject { ["sessionKey"] = message.Session, ["message"] = message.Text, ["idempotencyKey"] = message.Key };
        if (message.File is { } file)
        {
            parameters["attachments"] = new JsonArray(new JsonObject { ["fileName"] = FileName, ["content"] = Convert.ToBase64String(file) });
        }

        var answer = await _wire.CallAsync("chat.send", parameters, ct);
        return answer.GetProperty("status").GetString() == "started";
    }

    private Message Next(int era)
    {
        var count = ++_sent;
        var words = string.Join(' ', Enumerable.Range(count, _random.Next(1, 40)).Select(word => $"{word}"));
        var place = $"era-{era}-{_random.Next(plan.Sessions)}";
        return _random.Next(6) switch
        {
            0 => new Message(number, count, _dialect is null, place, $"/slow 5 {words}", words),
            1 when _dialect is not null => WithFile(count, place, $"{number} sends {words}"),
            _ => new Message(number, count, _dialect is null, place, $"{number} says {words}", $"{number} says {words}"),
        };
    }

    /// <summary>A message with a file that is no text: of it the echo model is told what it is, and no more.</summary>
    private Message WithFile(int count, string place, string text)
    {
        byte[] file = [0, .. Encoding.UTF8.GetBytes($"{number} {count} {text}")];
        var told = $"\n[file {FileName}, application/octet-stream, {file.Length} bytes: its content cannot be shown to you]\n";
        return new Message(number, count, IsByWebhook: false, place, text, text + told) { File = file };
    }
}
