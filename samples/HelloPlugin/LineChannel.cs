using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Contracts.Plugins;

namespace HelloPlugin;

/// <summary>One account: a connection with a chat server, whose lines are words between tabs. The README says which.</summary>
internal sealed class LineChannel(PluginAccount account) : IChannel, IFileChannel, IDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<SendOutcome>> _sending = new();
    private readonly SemaphoreSlim _writing = new(1);
    private volatile StreamWriter? _server;

    public string Name => PluginAccount.Channel;

    public string Label => "Lines over TCP";

    public TimeSpan LongestSilence => TimeSpan.FromHours(1);

    public int MaxCharsFor(ReplyTarget target) => 2_000;

    public long MaxFileBytesFor(ReplyTarget target) => 1024 * 1024;

    // guide: begin
    /// <summary>Connects, and reads until the server hangs up or the account is to stop. The gateway connects again.</summary>
    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(account.Required("host"), int.Parse(account.Required("port"), CultureInfo.InvariantCulture), ct);
        using var reader = new StreamReader(tcp.GetStream());
        await using var writer = new StreamWriter(tcp.GetStream()) { AutoFlush = true, NewLine = "\n" };
        _server = writer;
        door.Connected();
        try
        {
            while (await reader.ReadLineAsync(ct) is { } line)
            {
                door.Heard();
                await TakeAsync(line.Split('\t'), door, ct);
            }
        }
        finally
        {
            _server = null;
            foreach (var waiting in _sending.Values)
            {
                waiting.TrySetResult(SendOutcome.Later("The server has hung up."));
            }
        }
    }
    // guide: end

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) =>
        TellAsync(piece.IdempotencyKey, $"send\t{piece.IdempotencyKey}\t{piece.Target.Chat}\t{Escaped(piece.Text)}", ct);

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => TellAsync(
        file.IdempotencyKey, $"file\t{file.IdempotencyKey}\t{file.Target.Chat}\t{Escaped(file.Name)}\t{Convert.ToBase64String(file.Content.Span)}", ct);

    public void Dispose() => _writing.Dispose();

    // guide: begin
    private async Task TakeAsync(string[] words, IChannelDoor door, CancellationToken ct)
    {
        switch (words)
        {
            case ["say", var id, var person, var text, .. var file]:
                FileFetch? fetch = file is [var name, var content] ? _ => Task.FromResult(FileOf(name, content)) : null;
                await door.ReceiveAsync(account.Message(id, new Peer(PeerKind.Direct, person), person, text), fetch, ct);
                await WriteAsync($"ok\t{id}", ct); // it is on disk: only now may the server forget it
                break;
            case ["sent", var key]:
                Answer(key, SendOutcome.Sent(null));
                break;
            case ["later", var key]:
                Answer(key, SendOutcome.Later("The server asks to come again."));
                break;
        }
    }
    // guide: end

    // guide: begin
    /// <summary>Tells the server something, and waits until it says that it has it.</summary>
    private async Task<SendOutcome> TellAsync(string key, string line, CancellationToken ct)
    {
        var outcome = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _sending[key] = outcome;
        try
        {
            await WriteAsync(line, ct);
            return await outcome.Task.WaitAsync(ct);
        }
        finally
        {
            _sending.TryRemove(KeyValuePair.Create(key, outcome));
        }
    }
    // guide: end

    private void Answer(string key, SendOutcome outcome)
    {
        if (_sending.TryGetValue(key, out var waiting))
        {
            waiting.TrySetResult(outcome);
        }
    }

    private async Task WriteAsync(string line, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            await (_server ?? throw new IOException("the server is not connected")).WriteLineAsync(line); // without ct: half a line would spoil the next
        }
        finally
        {
            _writing.Release();
        }
    }

    private static IReadOnlyList<ChannelFile> FileOf(string name, string content) => [new(name, null, Convert.FromBase64String(content))];

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
}
