using Chela.Contracts.Events;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Tests.Wire.Golden;

/// <summary>The events that the golden frames name.</summary>
internal static class GoldenEvents
{
    private const long Now = 1_795_227_073_686;

    private static readonly Turn Turn = new(new InboundMessage("run-1", SessionKey.Main, "Hi", "webchat", "cli", Now));

    private static readonly PairingRequest Request =
        new("request-1", new string('a', 64), new string('K', 43), "operator", ["operator.read"], Now) { Platform = "linux", ClientId = "cli" };

    private static readonly TokenUsage Usage = new(10, 20, 30);

    public static GatewayEvent Of(string name) => name switch
    {
        "tick" => new TickEvent(Now),
        "shutdown" => new ShutdownEvent("gateway stopping", null),
        "shutdown with restart" => new ShutdownEvent("restart", 1500),
        "presence" => new PresenceEvent([], (3, 0)),
        "chat delta" => new ChatDeltaEvent(Turn, 2, 6, "Hello wörld \"2\"\n", Now),
        "chat final" => new ChatEndEvent(Turn, 3, new TurnResult(TurnStatus.Done, "Hello", Usage, null, Now), null),
        "chat aborted" => new ChatEndEvent(Turn, 3, new TurnResult(TurnStatus.Aborted, "Hel", null, null, Now), null),
        "chat failed" => new ChatEndEvent(Turn, 3, new TurnResult(TurnStatus.Failed, "", null, "The provider is busy.", Now), "rate_limit"),
        "agent start" => new AgentStartEvent(Turn, 1, Now),
        "pairing requested" => new PairingRequestedEvent(Request),
        "pairing resolved" => new PairingResolvedEvent(Request, true, Now),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such event."),
    };
}
