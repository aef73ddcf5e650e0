using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Channels;

/// <summary>Parameters of <c>outbox.list</c>.</summary>
internal sealed record OutboxListParams
{
    [Description("Only these: waiting, being sent, or given up."), AllowedValues("queued", "sending", "failed")]
    public string? State { get; init; }

    [Description("Only for this channel."), MinLength(1), MaxLength(64)]
    public string? Channel { get; init; }

    [Description("How many to leave out at the front."), Range(0, int.MaxValue)]
    public int? Offset { get; init; }

    [Description("How many at most; 50 without it."), Range(1, 500)]
    public int? Limit { get; init; }
}

/// <summary>Result of <c>outbox.list</c>.</summary>
/// <param name="Total">How many there are that fit, on this page or not.</param>
internal sealed record OutboxListResult(IReadOnlyList<OutboxRow> Items, int Total);

/// <summary>A message that has not arrived.</summary>
/// <param name="Text">Its first 200 characters.</param>
/// <param name="Pieces">Into how many pieces it is cut; absent while it is not.</param>
/// <param name="Attempts">How often the next piece was tried.</param>
/// <param name="Error">Why it was given up.</param>
internal sealed record OutboxRow(
    string Id, string State, string Channel, string Account, string Chat, string Text, long QueuedAtMs,
    int? Pieces, int Arrived, int Attempts, string? Error, long? FailedAtMs);

/// <summary>Parameters of <c>outbox.retry</c> and <c>outbox.drop</c>.</summary>
internal sealed record OutboxItemParams
{
    [Description("The message, as outbox.list names it."), MinLength(1), MaxLength(512)]
    public required string Id { get; init; }
}

/// <summary>Result of <c>outbox.retry</c> and <c>outbox.drop</c>.</summary>
internal sealed record OutboxItemResult(bool Ok, string Id);

/// <summary>What waits to be delivered, and what could not be, for the people who run the gateway.</summary>
internal sealed class OutboxMethods(Outbox outbox) : IMethodModule
{
    private const int DefaultLimit = 50;
    private const int PreviewChars = 200;

    public void Map(MethodMap methods)
    {
        var json = ChannelsJson.Default;
        methods.Add(MethodMap.Method("outbox.list", OperatorScopes.Admin, json.OutboxListParams, json.OutboxListResult, List) with
        {
            IsAudited = false,
            Summary = "The messages that have not arrived at their channels, and why.",
        });
        methods.Add(MethodMap.Method("outbox.retry", OperatorScopes.Admin, json.OutboxItemParams, json.OutboxItemResult, RetryAsync) with
        {
            Summary = "Try again to deliver a message that was given up.",
        });
        methods.Add(MethodMap.Method("outbox.drop", OperatorScopes.Admin, json.OutboxItemParams, json.OutboxItemResult, DropAsync) with
        {
            Summary = "Never deliver a message that waits or was given up.",
        });
    }

    private ValueTask<OutboxListResult> List(OutboxListParams parameters, CallContext context, CancellationToken ct)
    {
        OutboxItem[] fitting =
        [
            .. outbox.All.Where(item =>
                (parameters.State is null || item.State == parameters.State)
                && (parameters.Channel is null || item.Message.Target.Channel == parameters.Channel)),
        ];
        var page = fitting.Skip(parameters.Offset ?? 0).Take(parameters.Limit ?? DefaultLimit);
        return new(new OutboxListResult([.. page.Select(Row)], fitting.Length));
    }

    private async ValueTask<OutboxItemResult> RetryAsync(OutboxItemParams parameters, CallContext context, CancellationToken ct) =>
        Answer(parameters.Id, await outbox.RetryAsync(parameters.Id));

    private async ValueTask<OutboxItemResult> DropAsync(OutboxItemParams parameters, CallContext context, CancellationToken ct) =>
        Answer(parameters.Id, await outbox.DropAsync(parameters.Id));

    private static OutboxItemResult Answer(string id, OutboxChange change) => change switch
    {
        OutboxChange.Done => new OutboxItemResult(true, id),
        OutboxChange.Unknown => throw new RpcException(RpcErrorKind.NotFound, $"no message {id} is in the outbox"),
        OutboxChange.NotFailed => throw new RpcException(RpcErrorKind.Conflict, $"the message {id} was not given up; it is being delivered"),
        _ => throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk and was not made; is the disk full?"),
    };

    private static OutboxRow Row(OutboxItem item)
    {
        var (message, target) = (item.Message, item.Message.Target);
        var shown = message.Text.Length <= PreviewChars ? message.Text
            : message.Text[..(char.IsHighSurrogate(message.Text[PreviewChars - 1]) ? PreviewChars - 1 : PreviewChars)];
        return new OutboxRow(
            message.Id, item.State, target.Channel, target.Account, target.Chat, shown, message.TimestampMs,
            item.Count, item.Arrived, item.Attempts, item.Reason, item.FailedAtMs);
    }
}
