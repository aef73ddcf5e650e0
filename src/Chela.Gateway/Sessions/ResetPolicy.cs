using Chela.Contracts.Sessions;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>When a session begins anew by itself. Knows no clock: what counts is given.</summary>
internal static class ResetPolicy
{
    private const int UsualIdleMinutes = 60;

    /// <summary>True when the next message begins the session anew.</summary>
    /// <param name="config">What is wanted.</param>
    /// <param name="session">The session.</param>
    /// <param name="now">The time.</param>
    /// <param name="zone">Where the gateway's clock is read.</param>
    public static bool IsDue(SessionConfig config, SessionEntry session, DateTimeOffset now, TimeZoneInfo zone)
    {
        var rule = RuleFor(config, session.SessionKey);
        return session.MessageCount > 0 && rule.Mode switch
        {
            SessionResetConfig.Daily => IsOfAnEarlierDay(rule) || (rule.IdleMinutes is { } minutes && IsIdleFor(minutes)),
            SessionResetConfig.Idle => IsIdleFor(rule.IdleMinutes ?? UsualIdleMinutes),
            _ => false,
        };

        bool IsOfAnEarlierDay(SessionResetConfig daily) =>
            (session.StartedAtMs ?? session.CreatedAtMs) < LastBoundary(daily.AtHour ?? SessionResetConfig.UsualHour, now, zone).ToUnixTimeMilliseconds();

        bool IsIdleFor(int minutes) =>
            now.ToUnixTimeMilliseconds() - (session.LastInteractionAtMs ?? session.UpdatedAtMs) >= minutes * 60_000L;
    }

    /// <summary>When a clock in this place last showed this hour.</summary>
    public static DateTimeOffset LastBoundary(int hour, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(now, zone).Date.AddHours(hour);
        var boundary = At(today, zone);
        return boundary <= now ? boundary : At(today.AddDays(-1), zone);
    }

    /// <summary>An hour that the clock shows twice is its first; one that it leaps over is when it leaps.</summary>
    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone) =>
        new(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local));

    private static SessionResetConfig RuleFor(SessionConfig config, SessionKey key)
    {
        var form = SessionKeyForm.Of(key);
        var ofType = config.ResetByType;
        return (form.Channel is { } channel ? config.ResetByChannel.GetValueOrDefault(channel) : null)
            ?? (form.InThread is not null ? ofType.Thread : ChatTypes.Of(key) == ChatTypes.Direct ? ofType.Direct : ofType.Group)
            ?? config.Reset;
    }
}
