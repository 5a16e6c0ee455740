namespace Replication.Testing.Checkers.Transactions;

/// <summary>The dependencies between the transactions of a list-append history.</summary>
internal sealed class ListGraph(TransactionSet set, Writers writers, ListVersions versions)
{
    // Readers of each version, chained; those of the initial state of a key have the places after all elements.
    private readonly int[] _lastRead = NoReads(set.ElementCount + set.Keys.Length);
    private readonly List<(int Reader, int Previous)> _reads = [];

    /// <summary>Adds all dependencies that reads and appends show.</summary>
    public void AddTo(DependencyGraph.Builder graph)
    {
        for (int i = 0; i < set.Count; i++)
        {
            if (set.IsPossible(i))
            {
                AddReads(i, graph);
            }
        }

        for (int i = 0; i < set.Count; i++)
        {
            if (set.IsPossible(i))
            {
                AddAppends(i, graph);
            }
        }
    }

    /// <summary>Tells why one transaction comes before another.</summary>
    public string Explain(int before, int after, Dependency label, string beforeName, string afterName)
    {
        foreach (Step step in set.StepsOf(after))
        {
            if (label == Dependency.WriteRead)
            {
                if (!step.IsWrite && step.Length > 0 && writers.PossibleOf(set.ListOf(step)[^1]) == before)
                {
                    return $"{afterName} read key {set.DescribeKey(step.Key)} up to "
                        + $"{set.DescribeElement(set.ListOf(step)[^1])}, which {beforeName} appended";
                }
            }
            else if (step.IsWrite)
            {
                int previous = versions.Before(step.Value);
                if (label == Dependency.WriteWrite && previous != Step.Nothing
                    && writers.PossibleOf(previous) == before)
                {
                    return $"{afterName} appended {set.DescribeElement(step.Value)} to key {set.DescribeKey(step.Key)} "
                        + $"after {beforeName} had appended {set.DescribeElement(previous)}";
                }

                if (label == Dependency.ReadWrite && HasRead(before, step.Key, previous))
                {
                    string seen = previous == Step.Nothing
                        ? "empty"
                        : $"up to {set.DescribeElement(previous)}";
                    return $"{beforeName} read key {set.DescribeKey(step.Key)} {seen}, without "
                        + $"{set.DescribeElement(step.Value)}, which {afterName} appended";
                }
            }
        }

        throw new InvalidOperationException($"No {label} from {set.Describe(before)} to {set.Describe(after)}.");
    }

    private static int[] NoReads(int versions)
    {
        int[] reads = new int[versions];
        Array.Fill(reads, -1);
        return reads;
    }

    private bool HasRead(int transaction, int key, int version)
    {
        foreach (Step step in set.StepsOf(transaction))
        {
            if (!step.IsWrite && step.Key == key && step.Length != Step.Unknown && VersionOf(step) == version)
            {
                return true;
            }
        }

        return false;
    }

    private int VersionOf(Step read) => read.Length == 0 ? Step.Nothing : set.ListOf(read)[^1];

    private int PlaceOf(int key, int version) => version == Step.Nothing ? set.ElementCount + key : version;

    private void AddReads(int transaction, DependencyGraph.Builder graph)
    {
        foreach (Step step in set.StepsOf(transaction))
        {
            if (step.IsWrite || step.Length == Step.Unknown)
            {
                continue;
            }

            int version = VersionOf(step);
            int place = PlaceOf(step.Key, version);
            if (_lastRead[place] < 0 || _reads[_lastRead[place]].Reader != transaction)
            {
                _reads.Add((transaction, _lastRead[place]));
                _lastRead[place] = _reads.Count - 1;
            }

            if (version != Step.Nothing)
            {
                int writer = writers.PossibleOf(version);
                if (writer != Writers.None && writer != transaction)
                {
                    graph.Add(writer, transaction, Dependency.WriteRead);
                }
            }
        }
    }

    private void AddAppends(int transaction, DependencyGraph.Builder graph)
    {
        foreach (Step step in set.StepsOf(transaction))
        {
            if (!step.IsWrite)
            {
                continue;
            }

            int previous = versions.Before(step.Value);
            if (previous != Step.Nothing)
            {
                int writer = writers.PossibleOf(previous);
                if (writer != Writers.None && writer != transaction)
                {
                    graph.Add(writer, transaction, Dependency.WriteWrite);
                }
            }

            for (int read = _lastRead[PlaceOf(step.Key, previous)]; read >= 0; read = _reads[read].Previous)
            {
                if (_reads[read].Reader != transaction)
                {
                    graph.Add(_reads[read].Reader, transaction, Dependency.ReadWrite);
                }
            }
        }
    }
}
