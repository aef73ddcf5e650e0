namespace Chela.Gateway.Sessions.Commands;

/// <summary>Choosing how hard the model thinks: what it cannot is refused.</summary>
internal sealed class ThinkCommand(SessionTable sessions, ModelLookup models) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
    [
        new("think", "options", "Show how hard the model of this conversation thinks, or choose it.", Run)
        {
            Aliases = ["thinking", "t"],
            Argument = new CommandArgument("level", Thinking.Off),
            InFront = (call, wishes) =>
            {
                Check(call);
                return wishes;
            },
        },
    ];

    private Task<CommandReply> Run(CommandCall call)
    {
        Check(call);
        return Task.FromResult(new CommandReply($"Thinking is {Thinking.Off} here."));
    }

    private void Check(CommandCall call) =>
        Thinking.Check("thinking", call.Argument.ToLowerInvariant(), models(sessions.Find(call.Session)?.ModelOverride, call.Session.AgentId));
}
