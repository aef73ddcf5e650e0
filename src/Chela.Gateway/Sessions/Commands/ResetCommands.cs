namespace Chela.Gateway.Sessions.Commands;

/// <summary>Beginning a conversation anew.</summary>
internal sealed class ResetCommands(SessionRemoval removal, SessionNews news, ModelCommands models) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
    [
        new("new", "session", "Begin the conversation anew, with another model if one is named.", NewAsync)
        {
            Argument = ModelCommands.Model,
            IsNewBeginning = true,
        },
        new("reset", "session", "Begin the conversation anew.", ResetAsync) { IsNewBeginning = true },
    ];

    private async Task<CommandReply> NewAsync(CommandCall call)
    {
        if (call.Argument.Length == 0)
        {
            return await ResetAsync(call);
        }

        var model = models.Find(call.Session, call.Argument); // first, for a model that there is not changes nothing
        await removal.ResetOnceAsync(call.Session, call.Message.RunId);
        await models.ChooseAsync(call.Session, model);
        news.Tell(call.Session, "reset");
        return new CommandReply($"A new conversation begins, with {models.NameOf(call.Session)}.");
    }

    private async Task<CommandReply> ResetAsync(CommandCall call)
    {
        await removal.ResetOnceAsync(call.Session, call.Message.RunId);
        news.Tell(call.Session, "reset");
        return new CommandReply("A new conversation begins.");
    }
}
