using System.Runtime.CompilerServices;
using Chela.Contracts.Events;
using Chela.Gateway.Connections;

namespace Chela.Gateway.Tests.Connections;

/// <summary>The hello names the events that there are.</summary>
[Trait("Requirement", "W5")]
public sealed class EventNameTests
{
    /// <summary>Sent, but not in the list: the challenge comes before any event, and no class is needed for it.</summary>
    private static readonly string[] WithoutClass = ["connect.challenge"];

    [Fact]
    public void The_list_of_events_is_the_list_of_their_classes()
    {
        var named = typeof(Presence).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(GatewayEvent)) && !type.IsAbstract)
            .Select(type => (GatewayEvent)RuntimeHelpers.GetUninitializedObject(type)) // a name says nothing of one event, so it needs none
            .Where(happened => happened.NameIn(Dialect.OpenClaw) is not null)
            .Select(happened => happened.Name)
            .Concat(WithoutClass)
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(named, EventNames.Advertised.Concat(EventNames.NotAdvertised).Order(StringComparer.Ordinal));
    }
}
