using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Commands;

/// <summary>Choosing the model of a session.</summary>
internal sealed class ModelCommands(SessionTable sessions, SessionNews news, ModelLookup models) : ICommandModule
{
    public static readonly CommandArgument Model = new("model", "provider/model, or default for the configured one");

    public IEnumerable<ChatCommand> Commands =>
        [new("model", "options", "Show the model of this conversation, or choose another.", RunAsync) { Argument = Model, InFront = Wish }];

    /// <summary>The model that these words name; null for the configured one.</summary>
    /// <exception cref="RpcException">There is none.</exception>
    public string? Find(SessionKey session, string words) =>
        words.Equals("default", StringComparison.OrdinalIgnoreCase) ? null : models(words, session.AgentId).FullName;

    /// <summary>Gives a session a model; returns when that is on disk.</summary>
    /// <exception cref="RpcException">The disk refuses.</exception>
    public async Task ChooseAsync(SessionKey session, string? model)
    {
        try
        {
            await sessions.GetOrCreateAsync(session, CancellationToken.None);
            await sessions.UpdateAsync(session, entry => entry with { ModelOverride = model });
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk; is the disk full?");
        }
    }

    /// <summary>The model that answers in a session.</summary>
    public string NameOf(SessionKey session) => models(sessions.Find(session)?.ModelOverride, session.AgentId).FullName;

    /// <summary>How hard it thinks.</summary>
    public string ThinkingOf(SessionKey session)
    {
        var entry = sessions.Find(session);
        return Thinking.InForce(entry?.ThinkingLevel, models(entry?.ModelOverride, session.AgentId));
    }

    private MessageWishes Wish(CommandCall call, MessageWishes wishes)
    {
        var model = Find(call.Session, call.Argument) ?? models(null, call.Session.AgentId).FullName;
        return wishes with { Run = wishes.Run with { Model = model } };
    }

    private async Task<CommandReply> RunAsync(CommandCall call)
    {
        if (call.Argument.Length == 0)
        {
            return new CommandReply($"{NameOf(call.Session)} answers here.");
        }

        await ChooseAsync(call.Session, Find(call.Session, call.Argument));
        news.Tell(call.Session, "patch");
        return new CommandReply($"{NameOf(call.Session)} answers here from now on.");
    }
}
