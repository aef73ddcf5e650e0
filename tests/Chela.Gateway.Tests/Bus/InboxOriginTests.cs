using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Storage;

namespace Chela.Gateway.Tests.Bus;

/// <summary>What a channel brings is known again by where it was said, whatever session that is in by then.</summary>
[Trait("Requirement", "B2")]
[Trait("Requirement", "B4")]
public sealed class InboxOriginTests
{
    private static readonly Origin Anna = new("webhook", "desk", new Peer(PeerKind.Group, "kitchen"))
    {
        Parent = new Peer(PeerKind.Channel, "house"),
        Thread = new SessionThread("7", IsTopic: true),
        Guild = "g",
        Team = "t",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_place_under_the_same_id_is_another_message_and_another_session_is_not()
    {
        await using var trial = new StorageTrial();
        var inbox = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        await inbox.AcceptAsync(Message(Anna));

        var moved = Message(Anna) with { Session = SessionKey.Of("cook", "main") };
        Origin[] others = [Anna with { Peer = new Peer(PeerKind.Direct, "kitchen") }, Anna with { Thread = null }, Anna with { Account = "shop" }];
        var acceptances = new List<Acceptance?>();
        foreach (var message in others.Select(Message).Prepend(moved))
        {
            acceptances.Add(await inbox.RecogniseAsync(message));
        }

        Assert.Equal([Acceptance.InFlight, Acceptance.Conflict, Acceptance.Conflict, Acceptance.Conflict], acceptances);
    }

    [Fact]
    public async Task The_place_is_found_at_the_next_start_and_the_message_is_known_by_it_when_its_run_has_ended()
    {
        await using var trial = new StorageTrial();
        await new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System).AcceptAsync(Message(Anna));
        var journal = trial.Open();
        var next = new Inbox(journal, new GatewayMeter(), TimeProvider.System);
        var found = Assert.Single(await next.RecoverAsync(Ct)).Message;
        next.End(found, 2);
        await journal.FlushAsync(Ct);
        var last = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        await last.RecoverAsync(Ct);

        Assert.Equal(Message(Anna with { Roles = found.Origin!.Roles }), found); // lists are equal only to themselves
        Assert.Empty(found.Origin.Roles);
        Assert.Equal(Acceptance.Finished, await last.RecogniseAsync(Message(Anna)));
    }

    private static InboundMessage Message(Origin origin) => new("a", SessionKey.Main, "Hello", "webhook", "bert", 1) { Origin = origin };
}
