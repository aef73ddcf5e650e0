using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Sessions;

namespace Chela.Contracts.Events;

/// <summary>Something that happened and that clients are told. Encoded once per dialect, however many clients there are.</summary>
public abstract class GatewayEvent
{
    /// <summary>The event's name in the OpenClaw dialect.</summary>
    public abstract string Name { get; }

    /// <summary>The scope a client needs to hear of it; none means every authenticated client.</summary>
    public virtual OperatorScopes RequiredScope => OperatorScopes.None;

    /// <summary>True when a client whose queue is full misses the event instead of losing its connection.</summary>
    public virtual bool DropIfSlow => false;

    /// <summary>The session that the event belongs to; null when it belongs to none.</summary>
    public virtual SessionKey? Session => null;

    /// <summary>The one connection that is told; null when the event is not for one alone.</summary>
    public virtual string? ConnectionId => null;

    /// <summary>What a client must have subscribed to in order to be told; null when there is nothing to subscribe to.</summary>
    public virtual string? Topic => null;

    /// <summary>
    /// Names what the event is a step of. While a client is slow, a step that still waits for it is replaced by one that stands for
    /// both (<see cref="MergedWith"/>); null for events that stand alone.
    /// </summary>
    public virtual string? MergeKey => null;

    /// <summary>True when no step that comes after this event may stand for one that came before it.</summary>
    public virtual bool EndsMerging => false;

    /// <summary>Counters of the state that the event changes, by which OpenClaw clients see whether their copy is old.</summary>
    public virtual (long Presence, long Health)? StateVersion => null;

    /// <summary>The event's name in a dialect; null when clients of that dialect are not told.</summary>
    public virtual string? NameIn(Dialect dialect) => Name;

    /// <summary>This step and one of the same <see cref="MergeKey"/> before it, as one. Must cost no more than a few allocations.</summary>
    public virtual GatewayEvent MergedWith(GatewayEvent earlier) => this;

    /// <summary>Writes the members of the payload into an object that is already open.</summary>
    /// <param name="writer">Where to write; the object stays open.</param>
    /// <param name="dialect">Whose words to use.</param>
    public abstract void WriteMembers(Utf8JsonWriter writer, Dialect dialect);
}
