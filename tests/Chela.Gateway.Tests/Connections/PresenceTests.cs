using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Connections;

/// <summary>Who is shown, for how long, and as what.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "W7")]
public sealed class PresenceTests
{
    private static readonly Admitted Operator = new(CallerRole.Operator, OperatorScopes.Read, "token");
    private static readonly Admitted Node = new(CallerRole.Node, OperatorScopes.None, "device-token") { DeviceId = "device" };

    private readonly ManualTimeProvider _time = new();
    private readonly List<GatewayEvent> _told = [];
    private readonly Presence _presence;

    public PresenceTests()
    {
        var events = new EventBus();
        events.Subscribe(_told.Add);
        _presence = new Presence(events, new HealthState(), _time);
    }

    [Fact]
    public void The_gateway_itself_stands_first()
    {
        _presence.Join("a", null, Connect("ui"), Operator);

        Assert.Equal([("gateway", "self"), ("ui", "connect")], _presence.Rows.Select(row => (row.Mode, row.Reason)));
    }

    [Theory]
    [InlineData("cli")]
    [InlineData("backend")]
    [InlineData("probe")]
    public void Programs_that_only_pass_by_make_no_row_and_no_event(string mode)
    {
        _presence.Join("a", null, Connect(mode), Operator);
        _presence.Leave("a");

        Assert.Single(_presence.Rows);
        Assert.Empty(_told);
        Assert.Equal(0, _presence.Version);
    }

    [Fact]
    public void Who_left_is_shown_for_five_minutes_with_the_reason()
    {
        _presence.Join("a", null, Connect("ui"), Operator);
        _presence.Leave("a");

        _time.Advance(Presence.Lifetime - TimeSpan.FromMilliseconds(1));
        var before = _presence.Rows;
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("disconnect", before[1].Reason);
        Assert.Single(_presence.Rows);
    }

    [Fact]
    public void Who_stays_is_shown_for_as_long_as_it_stays()
    {
        _presence.Join("a", null, Connect("ui"), Operator);

        _time.Advance(10 * Presence.Lifetime);

        Assert.Equal(2, _presence.Rows.Count);
    }

    [Fact]
    public void Two_windows_of_an_operator_are_two_rows_and_a_node_that_comes_again_is_one()
    {
        _presence.Join("a", null, Connect("ui"), Operator);
        _presence.Join("b", null, Connect("ui"), Operator);
        _presence.Join("c", null, Connect("node"), Node);
        _presence.Join("d", null, Connect("node"), Node);
        _presence.Leave("c"); // the older connection of the node ends after the newer one began

        Assert.Equal(4, _presence.Rows.Count);
        Assert.Equal("node-connected", _presence.Rows.Single(row => row.DeviceId == "device").Reason);
        _presence.Leave("d");
        Assert.Equal("node-disconnected", _presence.Rows.Single(row => row.DeviceId == "device").Reason);
    }

    [Fact]
    public void Each_change_counts_and_is_told_with_the_whole_list()
    {
        _presence.Join("a", null, Connect("ui"), Operator);
        _presence.Leave("a");
        _presence.Leave("a");

        Assert.Equal([1L, 2L], _told.Select(happened => happened.StateVersion!.Value.Presence));
        Assert.Equal(2, _presence.Version);
    }

    [Fact]
    public void At_most_two_hundred_rows_are_shown_and_who_left_gives_way()
    {
        _presence.Join("gone", null, Connect("ui"), Operator);
        _presence.Leave("gone");
        for (var number = 0; number < Presence.MaxRows; number++)
        {
            _presence.Join($"c{number}", null, Connect("ui"), Operator);
        }

        Assert.Equal(Presence.MaxRows, _presence.Rows.Count);
        Assert.DoesNotContain(_presence.Rows, row => row.Reason == "disconnect");
    }

    private static ConnectParams Connect(string mode) => new(4, 4, new ConnectClient("test", "1", "linux", mode));
}
