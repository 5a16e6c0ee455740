namespace Replication.Testing.Conformance;

/// <summary>One promise of a seam, tried on an implementation.</summary>
public sealed class ConformanceCase
{
    private readonly Func<Task> _run;

    internal ConformanceCase(string name, Func<Task> run)
    {
        Name = name;
        _run = run;
    }

    /// <summary>Gets the promise, as a sentence; unlike that of any other case of its suite.</summary>
    public string Name { get; }

    /// <summary>Tries it. Each run starts anew.</summary>
    /// <returns>Completes when the promise was kept.</returns>
    /// <exception cref="ConformanceException">It was not; the message begins with <see cref="Name"/>.</exception>
    public async Task RunAsync()
    {
        try
        {
            await _run().ConfigureAwait(false);
        }
        catch (ConformanceException error)
        {
            throw new ConformanceException($"{Name}: {error.Message}", error);
        }
        catch (Exception error)
        {
            throw new ConformanceException($"{Name}: {error.GetType().Name}: {error.Message}", error);
        }
    }

    /// <summary>Gets the name, for test runners.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}
