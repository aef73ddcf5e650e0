using Chela.Contracts.Messages;

namespace Chela.Contracts.Channels;

/// <summary>
/// A platform on which people write to agents. It connects once and brings what comes in; when to connect again, who may speak and when an
/// answer is sent again is decided for all channels in one place. What else a platform can do, the other interfaces of this namespace say.
/// </summary>
public interface IChannel : IOutboundChannel
{
    /// <summary>What people call it, for example <c>Telegram</c>.</summary>
    string Label { get; }

    /// <summary>How long a connection that works can be without a sign of life (see <see cref="IChannelDoor.Heard"/>); after that it is made anew.</summary>
    TimeSpan LongestSilence { get; }

    /// <summary>The same for one account, where accounts differ.</summary>
    TimeSpan LongestSilenceOf(string account) => LongestSilence;

    /// <summary>Connects one account and brings its messages until cancelled. Whenever it returns or throws, it is called again after a while.</summary>
    /// <param name="door">Where its messages go, and what it tells of itself.</param>
    /// <param name="ct">Cancelled when the account is to stop; it then has five seconds.</param>
    /// <exception cref="ChannelRefusedException">The platform does not want this account; trying again is of no use.</exception>
    Task RunAsync(IChannelDoor door, CancellationToken ct);
}

/// <summary>A channel that can ask its platform whether an account works.</summary>
public interface IProbedChannel
{
    /// <summary>Asks; returns who the account is there, for example <c>@chela_bot</c>. What it throws is why it does not work.</summary>
    Task<string> ProbeAsync(string account, CancellationToken ct);
}

/// <summary>A channel that can show that an answer is being written.</summary>
public interface ITypingChannel
{
    /// <summary>Shows it for a few seconds. What it throws does not matter.</summary>
    Task ShowTypingAsync(ReplyTarget target, CancellationToken ct);
}

/// <summary>A channel that can send files. What it throws counts as a failure that may pass.</summary>
public interface IFileChannel
{
    /// <summary>The longest file that can be sent there, in bytes; 0 where none can.</summary>
    long MaxFileBytesFor(ReplyTarget target);

    /// <summary>Tries once to send a file.</summary>
    Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct);
}

/// <summary>A channel on which a message can be changed after it was sent.</summary>
public interface IEditingChannel
{
    /// <summary>How long the platform wants to be left alone between two changes of a message there; null where none can be changed.</summary>
    TimeSpan? EditPaceFor(ReplyTarget target);

    /// <summary>Puts another piece in the place of a message. Refused where the message is gone or can not be changed any more.</summary>
    /// <param name="messageId">What the platform calls the message.</param>
    /// <param name="piece">What it is to say.</param>
    /// <param name="ct">Ends the try.</param>
    Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct);
}

/// <summary>A channel on which a sign can be put to a message.</summary>
public interface IReactingChannel
{
    /// <summary>Puts one emoji to a message. What it throws does not matter.</summary>
    Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct);
}

/// <summary>The platform refused an account for good: its token is wrong, or it was logged out. It stays stopped until its settings change or somebody starts it.</summary>
public sealed class ChannelRefusedException(string message) : Exception(message);
