using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions;

/// <summary>Who says how a message waits.</summary>
[Trait("Requirement", "B1")]
public sealed class QueueRulesTests : IAsyncDisposable
{
    private const string Configured =
        """{"messages":{"queue":{"mode":"collect","byChannel":{"telegram":"steer"},"debounceMs":1,"cap":2,"drop":"summarize"}}}""";

    private readonly StorageTrial _files = new();
    private readonly SessionTable _sessions;

    public QueueRulesTests() => _sessions = new SessionTable(_files.OpenSessions(), new ManualTimeProvider());

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public void Without_configuration_each_message_has_a_run_of_its_own_and_the_twenty_second_is_refused()
    {
        Assert.Equal(
            new QueueSettings { Mode = QueueMode.Followup, Debounce = TimeSpan.FromMilliseconds(500), Cap = 20, Drop = QueueDrop.New },
            For(null, "webchat", null));
    }

    [Fact]
    public async Task The_call_comes_first_then_the_session_then_the_channel_then_the_configuration()
    {
        Assert.Equal(Of(QueueMode.Collect, 1, 2, QueueDrop.Summarize), For(Configured, "webchat", null));
        Assert.Equal(Of(QueueMode.Steer, 1, 2, QueueDrop.Summarize), For(Configured, "telegram", null));

        await _sessions.GetOrCreateAsync(SessionKey.Main, TestContext.Current.CancellationToken);
        await _sessions.UpdateAsync(SessionKey.Main, entry => entry with
        {
            QueueMode = "followup",
            QueueDebounceMs = 3,
            QueueCap = 4,
            QueueDrop = "old",
        });

        Assert.Equal(Of(QueueMode.Followup, 3, 4, QueueDrop.Old), For(Configured, "telegram", null));
        Assert.Equal(Of(QueueMode.Interrupt, 3, 4, QueueDrop.Old), For(Configured, "telegram", "interrupt"));
    }

    private static QueueSettings Of(QueueMode mode, int debounceMs, int cap, QueueDrop drop) =>
        new() { Mode = mode, Debounce = TimeSpan.FromMilliseconds(debounceMs), Cap = cap, Drop = drop };

    private QueueSettings For(string? file, string channel, string? mode) => new QueueRules(new ConfigStore(ConfigFixture.Load(file)), _sessions)
        .For(new InboundMessage("run", SessionKey.Main, "Hello", channel, "cli", 1), mode);
}
