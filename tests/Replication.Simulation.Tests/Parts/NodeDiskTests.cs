using Replication.Storage.Files;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Simulation.Tests.Parts;

public sealed class NodeDiskTests
{
    private const int SegmentBits = 12;
    private const int SegmentBytes = 1 << SegmentBits;

    [Fact]
    public void Bits_of_a_log_rot_only_where_damage_is_not_taken_for_a_torn_write()
    {
        List<long> flipped = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            NodeDisk disk = new(new RandomStream(seed, RandomPurpose.Disk, 1));
            disk.Files.CreateDirectory("wal");
            for (long segment = 0; segment < 3; segment++)
            {
                using IFile file = disk.Files.Open($"wal/log.{segment}", FileOpenMode.New);
                file.Write(0, new byte[SegmentBytes]);
                file.Sync();
            }

            disk.Settle(disk.Position);
            if (disk.Rot("wal", SegmentBits, SegmentBytes / 2, SegmentBytes * 5 / 2))
            {
                flipped.Add(AddressOfTheFlippedBit(disk));
            }
        }

        Assert.InRange(flipped.Count, 150, 200);
        Assert.DoesNotContain(flipped, address => address >= SegmentBytes / 2 && address < SegmentBytes * 5 / 2);
        Assert.Contains(flipped, address => address < SegmentBytes / 2);
        Assert.Contains(flipped, address => address >= SegmentBytes * 5 / 2);
    }

    private static long AddressOfTheFlippedBit(NodeDisk disk)
    {
        byte[] content = new byte[SegmentBytes];
        for (long segment = 0; ; segment++)
        {
            using IFile file = disk.Files.Open($"wal/log.{segment}", FileOpenMode.Existing);
            file.Read(0, content);
            int place = content.AsSpan().IndexOfAnyExcept((byte)0);
            if (place >= 0)
            {
                return (segment * SegmentBytes) + place;
            }
        }
    }
}
