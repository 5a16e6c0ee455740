namespace Replication.Testing.Simulation.Randomness;

/// <summary>Exponentially distributed numbers of mean 1, by inversion over a table.</summary>
/// <remarks>Exact at its 255 points and even between two of them; beyond the last, which one number in 256 is, they are
/// exponentially distributed again.</remarks>
internal static class ExponentialTable
{
    private const int Bits = 8;
    private const int Cells = 1 << Bits;
    private const double FractionOfBits = 1.0 / (1L << 53);
    private static readonly double[] Points = [.. Enumerable.Range(0, Cells).Select(
        cell => -PortableMath.Log((double)(Cells - cell) / Cells))];

    /// <summary>Draws a number.</summary>
    public static double Draw(RandomStream random)
    {
        double beyond = 0;
        while (true)
        {
            ulong bits = random.Next();
            int cell = (int)(bits >> (64 - Bits));
            if (cell < Cells - 1)
            {
                double fraction = ((bits << Bits) >> 11) * FractionOfBits;
                return beyond + Points[cell] + (fraction * (Points[cell + 1] - Points[cell]));
            }

            beyond += Points[cell];
        }
    }
}
