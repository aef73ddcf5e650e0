namespace Chela.Gateway.Telemetry;

/// <summary>Begins work that serves everybody, whoever happens to set it going: no scope of the log and no trace flows into it.</summary>
internal static class Background
{
    /// <summary>As <see cref="Task.Run(Func{Task})"/>.</summary>
    public static Task Run(Func<Task> work) => Run(async () =>
    {
        await work();
        return true;
    });

    /// <summary>The same for work with a result.</summary>
    public static Task<T> Run<T>(Func<Task<T>> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Task.Run(work);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(work);
        }
    }
}
