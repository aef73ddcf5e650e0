using System.Threading.Channels;
using Chela.Contracts.Channels;
using Chela.Gateway.Programs;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Sidecar;

/// <summary>One sidecar while it runs: greeted first, asked now and then whether it is there, told when it has to end.</summary>
internal sealed partial class SidecarConnection : IAsyncDisposable
{
    /// <summary>The most messages that wait to be taken in; a sidecar that brings more is told to wait for answers.</summary>
    public const int MaxWaiting = 100;

    private const int Protocol = 1;

    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private static readonly SidecarJson Json = SidecarJson.Default;

    private readonly Channel<SidecarLine> _messages = Channel.CreateBounded<SidecarLine>(MaxWaiting);
    private readonly ChildProgram _program;
    private readonly SidecarLink _link;
    private readonly IChannelDoor _door;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="program">The sidecar.</param>
    /// <param name="door">Where its messages go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SidecarConnection(ChildProgram program, IChannelDoor door, TimeProvider time, ILogger logger)
    {
        (_program, _door, _time, _logger) = (program, door, time, logger);
        _link = new SidecarLink(program, time);
        Login = new SidecarLogin();
    }

    public SidecarLink Link => _link;

    /// <summary>What it can do; nothing before it was greeted.</summary>
    public SidecarAbilities Abilities { get; private set; } = new();

    public SidecarLogin Login { get; }

    /// <summary>Runs until the sidecar has ended or is cancelled.</summary>
    /// <exception cref="ChannelRefusedException">The sidecar says that its platform does not want the account.</exception>
    /// <exception cref="IOException">It has ended, or does not speak as it should.</exception>
    public async Task RunAsync(string folder, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] work =
        [
            _link.ReadAsync(line => TakeAsync(line, over.Token), over.Token),
            BringAsync(over.Token),
            AttendAsync(folder, over.Token),
            _refused.Task,
        ];
        try
        {
            await await Task.WhenAny(work);
            throw new IOException("the sidecar has ended");
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(work[..^1]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Tells the sidecar to end, and ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        Login.End();
        using var limit = new CancellationTokenSource(Farewell, _time);
        try
        {
            await _link.AskAsync("shutdown", new SidecarNothing(), Json.SidecarNothing, Json.SidecarNothing, limit.Token);
        }
        catch (Exception e) when (e is IOException or SidecarException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone already, or does not care.
        }

        await _program.DisposeAsync();
        _link.Dispose();
    }

    private async Task AttendAsync(string folder, CancellationToken ct)
    {
        AccountFolder.Make(folder);
        Abilities = await _link.AskAsync("initialize", new SidecarGreeting(Protocol, _door.Account, folder), Json.SidecarGreeting, Json.SidecarAbilities, ct);
        _greeted.SetResult();
        while (true)
        {
            _door.Heard();
            await Task.Delay(BetweenQuestions, _time, ct);
            await _link.AskAsync("ping", new SidecarNothing(), Json.SidecarNothing, Json.SidecarNothing, ct);
        }
    }

    private async Task TakeAsync(SidecarLine line, CancellationToken ct)
    {
        switch (line.Method)
        {
            case "receive" when _messages.Writer.TryWrite(line):
                break;
            case "receive":
                await _link.RefuseAsync(line, SidecarError.Busy, $"{MaxWaiting} messages wait already; wait for their answers", ct);
                break;
            case "connected":
                Login.Connected();
                _door.Connected();
                await _link.AnswerAsync(line, new SidecarNothing(), Json.SidecarNothing, ct);
                break;
            case "login" when SidecarLink.Checked(line.Params ?? default, Json.SidecarNews, "login") is { Code: { } code }:
                Login.Show(code);
                await _link.AnswerAsync(line, new SidecarNothing(), Json.SidecarNothing, ct);
                break;
            case "refused":
                var news = SidecarLink.Checked(line.Params ?? default, Json.SidecarNews, "refused");
                _refused.TrySetException(new ChannelRefusedException(news.Reason ?? "The sidecar says that its platform does not want the account."));
                break;
            default:
                await _link.RefuseAsync(line, SidecarError.UnknownMethod, "there is no such method", ct);
                break;
        }
    }

    /// <summary>
    /// Takes messages in, one after the other. Each is answered when it is on disk: until then the sidecar keeps it. None is taken before it is known
    /// how it can be answered.
    /// </summary>
    private async Task BringAsync(CancellationToken ct)
    {
        await _greeted.Task.WaitAsync(ct);
        await foreach (var line in _messages.Reader.ReadAllAsync(ct))
        {
            SidecarMessage told;
            try
            {
                told = SidecarLink.Checked(line.Params ?? default, Json.SidecarMessage, "receive");
            }
            catch (IOException e)
            {
                Log.NotTaken(_logger, _door.Account, e.Message);
                await _link.RefuseAsync(line, SidecarError.InvalidParams, e.Message, ct);
                continue;
            }

            if (!SidecarMessages.CanBe(told))
            {
                await _link.RefuseAsync(line, SidecarError.InvalidParams, "receive: an id has control characters", ct);
                continue;
            }

            var files = SidecarMessages.FilesOf(told);
            var message = SidecarMessages.MessageOf(told, _door.Account, _time.GetUtcNow().ToUnixTimeMilliseconds());
            var isWanted = await _door.ReceiveAsync(message, files.Count == 0 ? null : _ => Task.FromResult(files), ct);
            await _link.AnswerAsync(line, new SidecarReceipt(isWanted), Json.SidecarReceipt, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1789, LogLevel.Warning, "A message of the sidecar {Account} is not as it should be: {Reason}")]
        public static partial void NotTaken(ILogger logger, string account, string reason);
    }
}
