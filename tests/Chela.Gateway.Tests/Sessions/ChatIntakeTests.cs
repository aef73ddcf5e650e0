using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Commands;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Bus;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Sessions;

[Trait("Requirement", "B1")]
public sealed class ChatIntakeTests : IAsyncDisposable
{
    private readonly StorageTrial _inboxFiles = new();
    private readonly StorageTrial _outboxFiles = new();
    private readonly StorageTrial _tableFiles = new();
    private readonly LaneTrial _lanes = new();
    private readonly Lifecycle _lifecycle = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly SessionTable _sessions;
    private readonly QueueRules _rules;
    private readonly ChatIntake _intake;

    public ChatIntakeTests()
    {
        _sessions = new SessionTable(_tableFiles.OpenSessions(), _clock);
        _rules = new QueueRules(new ConfigStore(ConfigFixture.Load()), _sessions);
        _intake = Intake(_lifecycle);
        _lifecycle.MoveTo(LifecyclePhase.Running);
    }

    [Fact]
    public async Task A_message_becomes_a_turn_with_a_place_in_its_lane()
    {
        var (acceptance, turn) = await _intake.AcceptAsync(SessionKey.Main, "run", "Hello", "cli");

        Assert.Equal(Acceptance.New, acceptance);
        Assert.Equal(("run", "Hello", "webchat", "cli", _clock.NowMs), Facts(turn!));
        Assert.Equal(1, _lanes.Lanes.Depth);
        Assert.NotNull(_sessions.Find(SessionKey.Main));
        Assert.Equal((1, 1), (_inboxFiles.Passed(StorageSteps.JournalAfterFsync), _tableFiles.Passed(StorageSteps.JournalAfterFsync)));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task A_message_that_was_accepted_can_be_stopped_before_it_is_in_its_lane()
    {
        var (_, turn) = await _intake.AcceptAsync(SessionKey.Main, "run", "Hello", "cli");

        var seen = _lanes.Lanes.Of(SessionKey.Main);
        var stopped = _lanes.Lanes.Abort(SessionKey.Main, null);
        _lanes.Lanes.Enqueue(turn!);
        var result = await turn!.Completion.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([turn], seen);
        Assert.Equal(["run"], stopped);
        Assert.Equal(TurnStatus.Aborted, result.Status);
        await _lanes.Lanes.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, false), (_lanes.Lanes.Depth, _lanes.Lanes.IsBusy(SessionKey.Main)));
    }

    [Fact]
    public async Task A_message_that_comes_again_takes_no_place()
    {
        await _intake.AcceptAsync(SessionKey.Main, "run", "Hello", "cli");

        var again = await _intake.AcceptAsync(SessionKey.Main, "run", "Hello", "cli");
        var conflict = await Assert.ThrowsAsync<RpcException>(() => _intake.AcceptAsync(SessionKey.Main, "run", "Other", "cli").AsTask());

        Assert.Equal(new Intake(Acceptance.InFlight, null), again);
        Assert.Equal(new RpcError(RpcErrorKind.InvalidRequest, "another message was already sent with the idempotency key run"), conflict.Error);
        Assert.Equal(1, _lanes.Lanes.Depth);
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task A_gateway_that_starts_or_stops_takes_nothing()
    {
        var starting = Intake(new Lifecycle());
        _lifecycle.MoveTo(LifecyclePhase.Stopping);

        var early = await Assert.ThrowsAsync<RpcException>(() => starting.AcceptAsync(SessionKey.Main, "run", "Hello", "cli").AsTask());
        var late = await Assert.ThrowsAsync<RpcException>(() => _intake.AcceptAsync(SessionKey.Main, "run", "Hello", "cli").AsTask());

        Assert.Equal(new RpcError(RpcErrorKind.Unavailable, "the gateway is starting") { RetryAfterMs = 1000 }, early.Error);
        Assert.Equal(new RpcError(RpcErrorKind.Unavailable, "the gateway is stopping") { RetryAfterMs = 1000 }, late.Error);
        Assert.Equal((0, 0, 0), (_lanes.Lanes.Depth, _sessions.Count, _inboxFiles.Passed(StorageSteps.JournalAfterWrite)));
    }

    [Fact]
    public async Task A_full_lane_refuses_before_anything_is_written_and_other_lanes_go_on()
    {
        for (var n = 0; n <= new QueueSettings().Cap; n++)
        {
            await _intake.AcceptAsync(SessionKey.Main, $"{n}", "Hello", "cli");
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _intake.AcceptAsync(SessionKey.Main, "one more", "Hello", "cli").AsTask());
        var other = await _intake.AcceptAsync(SessionKey.Of("main", "other"), "one more", "Hello", "cli");

        Assert.Equal((RpcErrorKind.TooMany, 5000), (refusal.Error.Kind, refusal.Error.RetryAfterMs));
        Assert.StartsWith("20 messages already wait in this session", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Acceptance.New, other.Acceptance);
    }

    [Fact]
    public async Task A_message_that_comes_again_is_known_also_when_its_lane_is_full()
    {
        for (var n = 0; n <= new QueueSettings().Cap; n++)
        {
            await _intake.AcceptAsync(SessionKey.Main, $"{n}", "Hello", "cli");
        }

        Assert.Equal(new Intake(Acceptance.InFlight, null), await _intake.AcceptAsync(SessionKey.Main, "7", "Hello", "cli"));
        Assert.Null(_sessions.Find(SessionKey.Of("main", "elsewhere")));
        await Assert.ThrowsAsync<RpcException>(() => _intake.AcceptAsync(SessionKey.Of("main", "elsewhere"), "7", "Hello", "cli").AsTask());
        Assert.Null(_sessions.Find(SessionKey.Of("main", "elsewhere"))); // a conflict makes no session
    }

    [Theory]
    [Trait("Requirement", "B4")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_disk_refuses_was_not_accepted_and_may_come_again(bool isInbox)
    {
        var files = isInbox ? _inboxFiles : _tableFiles;
        files.AtStep = step => _ = step == StorageSteps.JournalBeforeWrite ? throw new IOException("No space left on device") : 0;

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _intake.AcceptAsync(SessionKey.Main, "run", "Hello", "cli").AsTask());
        var depth = _lanes.Lanes.Depth;
        files.AtStep = _ => { };
        var again = await _intake.AcceptAsync(SessionKey.Main, "run", "Hello", "cli");

        Assert.Equal(
            new RpcError(RpcErrorKind.Unavailable, "the message could not be written to disk and was not accepted; is the disk full?"),
            refusal.Error);
        Assert.Equal((0, Acceptance.New), (depth, again.Acceptance));
    }

    public async ValueTask DisposeAsync()
    {
        _lanes.Dispose();
        await _inboxFiles.DisposeAsync();
        await _outboxFiles.DisposeAsync();
        await _tableFiles.DisposeAsync();
    }

    private ChatIntake Intake(Lifecycle lifecycle)
    {
        var inbox = new Inbox(_inboxFiles.Open(), new GatewayMeter(), TimeProvider.System);
        var outbox = new Outbox(_outboxFiles.Open(), new GatewayMeter(), _clock, NullLogger<Outbox>.Instance);
        var commands = new CommandDesk(
            new CommandTable([]), inbox, outbox, new Runs(new GatewayMeter(), _clock), new EventBus(), _clock, NullLogger<CommandDesk>.Instance);
        return new ChatIntake(inbox, _sessions, _lanes.Lanes, _rules, commands, lifecycle, _clock, NullLogger<ChatIntake>.Instance);
    }

    private static (string, string, string, string, long) Facts(Turn turn) =>
        (turn.RunId, turn.Message.Content, turn.Message.Channel, turn.Message.SenderId, turn.Message.TimestampMs);
}
