using System.Globalization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access.Senders;

/// <summary>Lets strangers in who wrote to an account of a channel, by the codes that they were given (03-methods § channels).</summary>
internal sealed class SenderMethods(SenderBook book, Outbox outbox, ConfigStore config, TimeProvider time) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = SenderMethodJson.Default;
        methods.Add(MethodMap.Method("channels.pairing.list", OperatorScopes.Pairing, json.PairingListParams, json.PairingListResult, List) with
        {
            Summary = "Strangers who wrote to accounts of channels and wait to be let in, and who was.",
        });
        methods.Add(MethodMap.Method("channels.pairing.approve", OperatorScopes.Pairing, json.PairingApproveParams, json.PairingApproveResult, ApproveAsync) with
        {
            Summary = "Let a stranger in who wrote to an account of a channel.",
        });
        methods.Add(MethodMap.Method("channels.pairing.dismiss", OperatorScopes.Pairing, json.PairingDismissParams, json.PairingDismissResult, DismissAsync) with
        {
            Summary = "Do not let a stranger in.",
        });
        methods.Add(MethodMap.Method("channels.pairing.remove", OperatorScopes.Pairing, json.PairingRemoveParams, json.PairingRemoveResult, RemoveAsync) with
        {
            Summary = "Shut somebody out who was let in.",
        });
    }

    private ValueTask<PairingListResult> List(PairingListParams parameters, CallContext context, CancellationToken ct)
    {
        var now = config.Current.Config;
        return new(new PairingListResult(
            [.. now.Channels.Accounts().Where(one => Fits(one.Channel, one.Name)).Select(one => new PairingAccount(one.Channel, one.Channel, one.Name, true))],
            [.. book.Waiting.Where(one => Fits(one.Channel, one.Account)).Select(Shown)],
            [.. book.Paired.Where(one => Fits(one.Channel, one.Account)).Select(one => new PairedRow(one.Channel, one.Account, one.SenderId, one.Name, one.By, Iso(one.AtMs)))],
            now.Commands.OwnerAllowFrom.Count > 0,
            new PairingLimits(SenderBook.MaxWaiting, (long)SenderBook.Validity.TotalMilliseconds)));

        bool Fits(string channel, string account) => (parameters.Channel ?? channel) == channel && (parameters.AccountId ?? account) == account;
    }

    private async ValueTask<PairingApproveResult> ApproveAsync(PairingApproveParams parameters, CallContext context, CancellationToken ct)
    {
        if (parameters.BootstrapCommandOwner is true)
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "bootstrapCommandOwner is not served; name owners in commands.ownerAllowFrom");
        }

        var one = await WrittenAsync(() => book.ApproveAsync(parameters.Channel, parameters.AccountId, parameters.RequestId, context.Caller.User ?? context.Caller.ConnectionId));
        var notification = parameters.Notify is true ? await TellAsync(one) : "not-requested";
        return new PairingApproveResult(one.Code, one.SenderId, notification, "not-requested");
    }

    private async ValueTask<PairingDismissResult> DismissAsync(PairingDismissParams parameters, CallContext context, CancellationToken ct)
    {
        var one = await WrittenAsync(() => book.DismissAsync(parameters.Channel, parameters.AccountId, parameters.RequestId));
        return new PairingDismissResult(one.Code, one.SenderId);
    }

    private async ValueTask<PairingRemoveResult> RemoveAsync(PairingRemoveParams parameters, CallContext context, CancellationToken ct) =>
        await WrittenAsync(() => book.RemoveAsync(parameters.Channel, parameters.AccountId, parameters.SenderId))
            ? new PairingRemoveResult(true, parameters.SenderId)
            : throw new RpcException(RpcErrorKind.NotFound, $"nobody of the id {parameters.SenderId} was let in at {parameters.Channel}/{parameters.AccountId}");

    private async Task<string> TellAsync(WaitingSender one)
    {
        var target = new ReplyTarget(one.Channel, one.Account, one.Chat);
        var message = new OutboundMessage($"pairing:{one.Channel}:{one.Account}:{one.Code}:in", target, "You were let in. Say something.", time.GetUtcNow().ToUnixTimeMilliseconds());
        return await outbox.TryEnqueueAsync(message) ? "sent" : "failed";
    }

    private static async Task<T> WrittenAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk and was not made; is the disk full?");
        }
    }

    private static PairingRequest Shown(WaitingSender one) => new(
        one.Code, one.Channel, one.Channel, one.Account, one.SenderId, one.Name ?? one.SenderId,
        Iso(one.AskedAtMs), Iso(one.LastSeenAtMs), Iso(one.AskedAtMs + (long)SenderBook.Validity.TotalMilliseconds), true);

    private static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
