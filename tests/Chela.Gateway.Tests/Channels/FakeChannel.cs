using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels;

/// <summary>A channel that remembers what it was asked to send, and does with it what the test says.</summary>
internal sealed class FakeChannel : IOutboundChannel
{
    private readonly Lock _gate = new();
    private readonly List<string> _sends = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public const string ChannelName = "fake";

    public string Name => ChannelName;

    /// <summary>The keys of all pieces, each as often as it was sent.</summary>
    public IReadOnlyList<string> Sends
    {
        get
        {
            lock (_gate)
            {
                return [.. _sends];
            }
        }
    }

    public Func<OutboundPiece, CancellationToken, Task<SendOutcome>> Answer { get; set; } = (_, _) => Task.FromResult(SendOutcome.Sent("platform-id"));

    public static ReplyTarget Target(string chat = "anna") => new(ChannelName, "desk", chat);

    public int MaxCharsFor(ReplyTarget target) => 100;

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct)
    {
        lock (_gate)
        {
            _sends.Add(piece.IdempotencyKey);
        }

        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return Answer(piece, ct);
    }

    /// <summary>Waits until what was sent fulfils a condition.</summary>
    public async Task WhenAsync(Func<IReadOnlyList<string>, bool> holds)
    {
        using var patience = Patience.Begin();
        while (true)
        {
            var next = Volatile.Read(ref _next).Task;
            if (holds(Sends))
            {
                return;
            }

            await next.WaitAsync(patience.Token);
        }
    }
}
