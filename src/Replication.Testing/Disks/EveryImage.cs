using Replication.Raft.Determinism;

namespace Replication.Testing.Disks;

/// <summary>What a power loss at one moment can leave: all of it if there is little, a spread of it if there is
/// much.</summary>
/// <remarks>
/// Past the maximum: the worst and the best image, both with every pair of answers changed as far as the maximum goes,
/// then random ones.
/// </remarks>
internal static class EveryImage
{
    /// <summary>Makes the images.</summary>
    /// <param name="disk">A disk with deferred durability, from whose past the moment is; it goes on as it is.</param>
    /// <param name="position">The moment.</param>
    /// <param name="loss">How power is lost.</param>
    /// <param name="max">How many images to make at most.</param>
    /// <param name="visit">Takes an image, which it may change, and the answers that lead to it.</param>
    /// <returns>How many images there were, and whether that was all of them.</returns>
    public static (int Images, bool IsAll) Of(
        SimulatedDisk disk, long position, PowerLoss loss, int max, Action<SimulatedDisk, IReadOnlyList<int>> visit)
    {
        SimulatedDisk moment = disk.At(position);
        var every = new EveryChoice();
        int images = 0;
        do
        {
            SimulatedDisk image = moment.Clone();
            image.LosePower(position, loss, every);
            if (images == 0 && every.Combinations > max)
            {
                return (Spread(moment, loss, max, every.Alternatives, visit), false);
            }

            images++;
            visit(image, [.. every.Answers]);
        }
        while (images < max && every.MoveNext());
        return (images, images < max || !every.MoveNext());
    }

    /// <summary>Makes one image again.</summary>
    public static SimulatedDisk Of(SimulatedDisk disk, long position, PowerLoss loss, IReadOnlyList<int> answers)
    {
        SimulatedDisk image = disk.At(position);
        image.LosePower(position, loss, new GivenChoices(answers));
        return image;
    }

    private static int Spread(
        SimulatedDisk moment,
        PowerLoss loss,
        int max,
        IReadOnlyList<int> alternatives,
        Action<SimulatedDisk, IReadOnlyList<int>> visit)
    {
        var stream = new SplitMix64((ulong)max);
        int images = 0;
        foreach (int[] wanted in Pairs(alternatives).Take(max / 2).Concat(Random(alternatives, stream)).Take(max))
        {
            SimulatedDisk image = moment.Clone();
            var choices = new GivenChoices(wanted);
            image.LosePower(moment.Position, loss, choices);
            images++;
            visit(image, [.. choices.Given]);
        }

        return images;
    }

    private static IEnumerable<int[]> Pairs(IReadOnlyList<int> alternatives)
    {
        int[] worst = new int[alternatives.Count];
        int[] best = [.. alternatives.Select(count => count - 1)];
        yield return worst;
        yield return best;
        for (int i = 0; i < alternatives.Count; i++)
        {
            for (int j = i; j < alternatives.Count; j++)
            {
                int[] fromWorst = [.. worst];
                int[] fromBest = [.. best];
                (fromWorst[i], fromWorst[j], fromBest[i], fromBest[j]) = (best[i], best[j], worst[i], worst[j]);
                yield return fromWorst;
                yield return fromBest;
            }
        }
    }

    private static IEnumerable<int[]> Random(IReadOnlyList<int> alternatives, SplitMix64 stream)
    {
        while (true)
        {
            yield return [.. alternatives.Select(count => (int)stream.NextBelow(count))];
        }
    }

    private sealed class GivenChoices(IReadOnlyList<int> answers) : IChoices
    {
        public List<int> Given { get; } = [];

        public int Next(int alternatives)
        {
            int answer = Given.Count < answers.Count ? answers[Given.Count] : 0;
            Given.Add(Math.Clamp(answer, 0, alternatives - 1));
            return Given[^1];
        }
    }
}
