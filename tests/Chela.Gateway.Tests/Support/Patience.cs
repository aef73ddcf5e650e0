namespace Chela.Gateway.Tests.Support;

/// <summary>How long a test waits for what has to happen before it gives up. Nothing is measured by it.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Between two tries: short beside what is waited for, and long enough that other tests get the processor.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A source that ends with the test, or when waiting has no sense any more.</summary>
    public static CancellationTokenSource Begin()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(Limit);
        return source;
    }

    /// <summary>Tries again and again until the condition holds.</summary>
    /// <param name="what">Names the condition in the failure.</param>
    public static async Task UntilAsync(Func<CancellationToken, Task<bool>> holds, string what)
    {
        using var patience = Begin();
        while (!await holds(patience.Token))
        {
            Assert.False(patience.IsCancellationRequested, $"waited in vain until {what}");
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }
}
