using Chela.Contracts.Access;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Something that a person tells the gateway itself to do, in a message that begins with its name.</summary>
/// <param name="Name">What stands after the slash.</param>
/// <param name="Category">Where menus show it: <c>session</c>, <c>status</c> or <c>options</c>.</param>
/// <param name="Description">What it does, in one sentence.</param>
/// <param name="RunAsync">Does it; returns when its effect is on disk.</param>
internal sealed record ChatCommand(string Name, string Category, string Description, Func<CommandCall, Task<CommandReply>> RunAsync)
{
    /// <summary>Other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What may follow the name; null when nothing may.</summary>
    public CommandArgument? Argument { get; init; }

    /// <summary>What it wants of a longer message in front of which it stands, for that message alone; null for one that stands alone.</summary>
    public Func<CommandCall, MessageWishes, MessageWishes>? InFront { get; init; }

    /// <summary>True when a conversation begins anew: by <c>agent</c> that is for administrators.</summary>
    public bool IsNewBeginning { get; init; }
}

/// <summary>What may follow the name of a command.</summary>
internal sealed record CommandArgument(string Name, string Description)
{
    /// <summary>True for a word that belongs to the argument although others stand before it; else the argument is one word where a message follows.</summary>
    public Func<string, bool> GoesOn { get; init; } = _ => false;
}

/// <summary>What is wanted of one message alone.</summary>
/// <param name="Run">What is wanted of its run.</param>
/// <param name="QueueMode">What becomes of it while the session is busy; null for the session's.</param>
internal sealed record MessageWishes(TurnWishes Run, string? QueueMode);

/// <summary>On whose behalf the gateway is told what to do.</summary>
/// <param name="Caller">Who sends the message.</param>
/// <param name="NewBeginning">The scope without which no conversation begins anew.</param>
internal sealed record Commander(Caller Caller, OperatorScopes NewBeginning = OperatorScopes.Write);

/// <summary>A command as it was given.</summary>
internal sealed record CommandCall(InboundMessage Message, string Argument, Commander Commander)
{
    public SessionKey Session => Message.Session;
}

/// <summary>What the person is told.</summary>
internal sealed record CommandReply(string Text)
{
    /// <summary>The runs that it stopped; null for commands that are not there to stop any.</summary>
    public IReadOnlyList<string>? Stopped { get; init; }
}

/// <summary>Commands that belong together.</summary>
internal interface ICommandModule
{
    /// <summary>The commands, in the order in which people see them.</summary>
    IEnumerable<ChatCommand> Commands { get; }
}
