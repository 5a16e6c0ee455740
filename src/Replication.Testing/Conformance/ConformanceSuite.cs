namespace Replication.Testing.Conformance;

/// <summary>What a seam promises, as cases that any test framework can run on any implementation.</summary>
/// <remarks>Cases share nothing: they may run in any order and at the same time, if the implementation lets
/// them.</remarks>
public abstract class ConformanceSuite
{
    private readonly List<ConformanceCase> _cases = [];

    private protected ConformanceSuite()
    {
    }

    /// <summary>Gets the cases, in a fixed order.</summary>
    public IReadOnlyList<ConformanceCase> Cases => _cases;

    /// <summary>Runs the case of a name: for runners that carry names only.</summary>
    /// <param name="name">Its <see cref="ConformanceCase.Name"/>.</param>
    /// <returns>Completes when the promise was kept.</returns>
    /// <exception cref="ArgumentException">There is no case of that name.</exception>
    /// <exception cref="ConformanceException">The promise was broken.</exception>
    public Task RunAsync(string name) =>
        (_cases.Find(candidate => candidate.Name == name)
            ?? throw new ArgumentException($"The suite has no case \"{name}\".", nameof(name))).RunAsync();

    /// <summary>Runs all cases, one after the other, up to the first that fails.</summary>
    /// <returns>Completes when all promises were kept.</returns>
    /// <exception cref="ConformanceException">A promise was broken.</exception>
    public async Task RunAllAsync()
    {
        foreach (ConformanceCase each in _cases)
        {
            await each.RunAsync().ConfigureAwait(false);
        }
    }

    private protected void Add(string name, Action run) => Add(name, () =>
    {
        run();
        return Task.CompletedTask;
    });

    private protected void Add(string name, Func<Task> run) => _cases.Add(new ConformanceCase(name, run));
}
