using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Usage;

namespace Chela.Gateway.Agents.Context;

/// <summary>Makes the conversation of a session shorter because somebody asks for it: in the session's lane, in its turn.</summary>
internal sealed class SessionCompaction(
    SessionTable sessions, Transcripts transcripts, Compactor compactor, ProviderCatalog providers, Spending spending, LaneWork lane, ConfigStore config)
{
    /// <summary>Makes it shorter when what runs and waits there has ended; returns when the summary is on disk.</summary>
    /// <param name="session">The session.</param>
    /// <param name="request">Names the wish: one whose summary is there already asks for no other.</param>
    /// <param name="wishes">What is wanted of the summary; null for nothing in particular.</param>
    /// <param name="ct">Cancelled when the caller leaves: what has not begun by then is not done.</param>
    /// <exception cref="RpcException">Too much waits, there is no such model, or the transcript cannot be read.</exception>
    public async Task<SessionsCompactResult> CompactAsync(SessionKey session, string request, string? wishes, CancellationToken ct)
    {
        try
        {
            return await lane.DoAsync(session, wishes ?? "", stop => CompactInLaneAsync(session, request, wishes, stop), ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return SessionsCompactResult.Failed(session, "It was stopped.");
        }
        catch (ProviderException e)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, e.Message);
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }
    }

    private async Task<SessionsCompactResult> CompactInLaneAsync(SessionKey key, string request, string? wishes, CancellationToken ct)
    {
        if (sessions.Find(key) is not { } session)
        {
            return SessionsCompactResult.Nothing(key, "no sessionId");
        }

        using var transcript = transcripts.Open(session.SessionId);
        var conversation = await Conversation.ReadAsync(transcript, ct);
        if (conversation.Summary is { } earlier && earlier.RunId == request)
        {
            return SessionsCompactResult.Done(key, earlier, conversation.Tokens);
        }

        if (conversation is { Summary: null, Lines.Count: 0 })
        {
            return SessionsCompactResult.Nothing(key, "no transcript");
        }

        var agent = config.Current.Config.Agents.Of(key.AgentId);
        var job = new CompactionJob(key, request, transcript, providers.ModelsOf(session.ModelOverride, agent), agent)
        {
            IsAsked = true,
            Wishes = wishes,
            Spent = spending.Begin(agent.Budget, new UsageLine(0, request, key.Value, session.SessionId)),
        };
        var outcome = await compactor.CompactAsync(conversation, job, ct);
        await job.Spent.FlushAsync();
        return outcome.Entry is { } entry
            ? SessionsCompactResult.Done(key, entry, outcome.Conversation.Tokens)
            : SessionsCompactResult.Failed(key, outcome.Problem);
    }
}
