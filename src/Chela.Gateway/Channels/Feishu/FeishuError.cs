using Chela.Contracts.Channels;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>An error that Feishu answered.</summary>
/// <param name="Status">Of HTTP; the codes say more.</param>
/// <param name="RetryAfter">How long it asks to wait; null when it does not say.</param>
internal sealed record FeishuError(int Status, int Code, string Description, TimeSpan? RetryAfter)
{
    /// <summary>True where the app is none that Feishu knows, or its secret is another one.</summary>
    public bool IsUnknownApp => Code is 10003 or 10012 or 10013 or 10014 or 10015 or 514;

    /// <summary>True where the token is not good any more, though it should be.</summary>
    public bool IsStaleToken => Code is 99991661 or 99991663 or 99991664 or 99991665 or 99991668 or 99991671;

    /// <summary>True where the message that is answered, or its thread, is not there any more, or takes no answers.</summary>
    public bool IsNothingToAnswer => Code is 230011 or 230019 or 230071 or 230110 or 231003;

    /// <summary>True where the content is not as Feishu wants it.</summary>
    public bool IsBadContent => Code is 230001 or 230099;

    /// <summary>True where it came too fast, for the app or for the chat; or is on its way already.</summary>
    private bool IsTooFast => Status == 429 || Code is 99991400 or 230020 or 11232 or 11233 or 11247 or 230049;

    /// <summary>What becomes of a message that met it.</summary>
    public SendOutcome Outcome(string message) =>
        IsTooFast || IsStaleToken || IsUnknownApp || Status >= 500 || Code == 2200 ? SendOutcome.Later(message, RetryAfter) : SendOutcome.Refused(message);
}

/// <summary>Feishu said no.</summary>
internal sealed class FeishuException(FeishuError error) : Exception($"Feishu answered {error.Code}: {error.Description}")
{
    public FeishuError Error { get; } = error;
}
