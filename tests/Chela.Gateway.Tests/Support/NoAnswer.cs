using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Support;

/// <summary>How a fake answers never.</summary>
internal static class NoAnswer
{
    /// <summary>Stands for it where an answer has its status.</summary>
    public const int Status = 0;

    /// <summary>Returns when whoever asks has given up.</summary>
    public static async Task HoldAsync(HttpContext context) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
