using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Chela.Contracts.Channels;
using Chela.Gateway.Channels.Supervision;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels;

/// <summary>Asks platforms whether accounts work.</summary>
internal sealed partial class Probes(Accounts accounts, TimeProvider time, ILogger<Probes> logger)
{
    /// <summary>How many are asked at once (03-methods § 5.6).</summary>
    private const int MaxAtOnce = 5;

    /// <summary>Asks for each account; of a channel that cannot be asked there is no answer.</summary>
    public async Task<IReadOnlyDictionary<AccountName, ChannelProbe>> AskAsync(IReadOnlyList<AccountName> names, TimeSpan limit, CancellationToken ct)
    {
        var answers = new ConcurrentDictionary<AccountName, ChannelProbe>();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = ct }, async (name, stop) =>
        {
            if (accounts.Channels.GetValueOrDefault(name.Channel) is IProbedChannel channel)
            {
                answers[name] = await AskAsync(channel, name, limit, stop);
            }
        });
        return answers;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A channel's question: whatever it throws is the answer that it does not work.")]
    private async Task<ChannelProbe> AskAsync(IProbedChannel channel, AccountName name, TimeSpan limit, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        var began = time.GetTimestamp();
        try
        {
            var bot = await channel.ProbeAsync(name.Account, either.Token).WaitAsync(either.Token);
            return new ChannelProbe(true, Elapsed()) { Bot = bot };
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new ChannelProbe(false, Elapsed()) { TimedOut = true, Error = $"No answer within {limit.TotalMilliseconds} ms." };
        }
        catch (Exception e) when (e is ChannelRefusedException or HttpRequestException)
        {
            return new ChannelProbe(false, Elapsed()) { Error = e.Message };
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(logger, name.Channel, name.Account, e);
            return new ChannelProbe(false, Elapsed()) { Error = "The channel failed; the log of the gateway says why." };
        }

        long Elapsed() => (long)time.GetElapsedTime(began).TotalMilliseconds;
    }

    private static partial class Log
    {
        [LoggerMessage(1730, LogLevel.Error, "The account {Account} of {Channel} could not be asked whether it works")]
        public static partial void Failed(ILogger logger, string channel, string account, Exception e);
    }
}
