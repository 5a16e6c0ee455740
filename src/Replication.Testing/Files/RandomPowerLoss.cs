using Replication.Storage.Files;

namespace Replication.Testing.Files;

/// <summary>
/// A power loss by seed: each unsynced sector of 512 bytes is lost, kept, torn in the middle, zeroed or garbage,
/// independently.
/// </summary>
/// <remarks>
/// So writes are reordered and torn. Unsynced names and lengths survive or not. Equal seeds give equal losses.
/// </remarks>
public sealed class RandomPowerLoss : IPowerLoss
{
    private readonly Random _random;

    private RandomPowerLoss(int seed)
    {
        _random = new Random(seed);
    }

    /// <summary>Gets a disk as a power loss leaves it.</summary>
    /// <param name="disk">The disk; it goes on as it is.</param>
    /// <param name="seed">Decides what survives.</param>
    /// <returns>Another disk.</returns>
    public static InMemoryFileSystem Image(InMemoryFileSystem disk, int seed)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return disk.CrashClone(new RandomPowerLoss(seed));
    }

    bool IPowerLoss.KeepsEntries(string directory) => _random.Next(2) == 0;

    bool IPowerLoss.KeepsLength(string path) => _random.Next(3) > 0;

    void IPowerLoss.Decide(string path, long sector, ReadOnlySpan<byte> written, Span<byte> disk)
    {
        switch (_random.Next(8))
        {
            case 0 or 1 or 2:
                written.CopyTo(disk);
                break;
            case 3:
                written[..(written.Length / 2)].CopyTo(disk);
                break;
            case 4:
                disk.Clear();
                break;
            case 5:
                _random.NextBytes(disk);
                break;
            default:
                break;
        }
    }
}
