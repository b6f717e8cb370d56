double SoNan()
  {
   union Bits { double number; long bits; } nan;
   nan.bits=0x7FF8000000000000;
   return(nan.number);
  }
bool   SoKnown(double a)              { return(MathIsValidNumber(a)); }
double SoDiv(double a,double b)       { return((SoKnown(a) && SoKnown(b) && b!=0.0) ? a/b : SoNan()); }
double SoMax(double a,double b)       { return((SoKnown(a) && SoKnown(b)) ? (a>b ? a : b) : SoNan()); }
double SoMin(double a,double b)       { return((SoKnown(a) && SoKnown(b)) ? (a<b ? a : b) : SoNan()); }
double SoSqrt(double a)               { return((SoKnown(a) && a>=0.0) ? MathSqrt(a) : SoNan()); }
double SoAbs(double a)                { return(SoKnown(a) ? MathAbs(a) : SoNan()); }
double SoWhere(double c,double value) { return((SoKnown(c) && c>0.0) ? value : SoNan()); }
double SoGate(double c,double value)
  {
   if(!SoKnown(c) || !SoKnown(value))
      return(SoNan());
   return(c>0.0 ? value : 0.0);
  }
// ln(price / base): by its series where the move is small, which keeps all digits.
double SoLogRatio(double price,double base)
  {
   if(!SoKnown(price) || !SoKnown(base) || price<=0.0 || base<=0.0)
      return(SoNan());
   double z=(price-base)/(price+base);
   if(MathAbs(z)>=1.0/32.0)
      return(MathLog1p((price-base)/base));
   double square=z*z;
   double tail=1.0/7.0+square*(1.0/9.0+square*(1.0/11.0));
   double series=square*(1.0/3.0+square*(1.0/5.0+square*tail));
   double twice=z+z;
   return(twice+twice*series);
  }

// The number n bars ago.
class CSoLag
  {
   double            m_values[];
   int               m_place;
public:
   void              Init(int bars)
     {
      ArrayResize(m_values,bars);
      ArrayFill(m_values,0,bars,SoNan());
      m_place=0;
     }
   double            Push(double value)
     {
      double before=m_values[m_place];
      m_values[m_place]=value;
      m_place=(m_place+1)%ArraySize(m_values);
      return(before);
     }
  };

// The last n numbers: the ends of the last whole block and the beginning of the next one, merged (van Herk 1992).
// Kind 0 is the sum, 1 the highest, 2 the lowest, 3 the mean, 4 the population deviation.
struct SSoSummary { double count,reference,total,squares; };
class CSoWindow
  {
   int               m_kind,m_window,m_held;
   bool              m_has_ends,m_has_beginning;
   SSoSummary        m_block[],m_ends[],m_beginning;
   SSoSummary        Sample(double value)
     {
      SSoSummary s;
      s.count=1.0; s.reference=value; s.total=0.0; s.squares=0.0;
      return(s);
     }
   SSoSummary        With(const SSoSummary &s,const SSoSummary &other)
     {
      SSoSummary r=s;
      double distance=other.reference-s.reference;
      r.count=s.count+1.0; r.total=s.total+distance; r.squares=s.squares+distance*distance;
      return(r);
     }
   SSoSummary        Merge(const SSoSummary &older,const SSoSummary &newer)
     {
      SSoSummary r=older;
      if(m_kind==0) { r.reference=older.reference+newer.reference; return(r); }
      if(m_kind==1) { r.reference=(older.reference>newer.reference ? older.reference : newer.reference); return(r); }
      if(m_kind==2) { r.reference=(older.reference<newer.reference ? older.reference : newer.reference); return(r); }
      double step=newer.reference-older.reference;
      double shift=newer.count*step;
      r.count=older.count+newer.count;
      r.total=older.total+(newer.total+shift);
      r.squares=older.squares+(newer.squares+step*(newer.total+(newer.total+shift)));
      return(r);
     }
   double            Result(const SSoSummary &s)
     {
      if(m_kind<3)
         return(s.reference);
      if(m_kind==3)
         return(s.reference+s.total/s.count);
      return(SoSqrt((s.squares-s.total*(s.total/s.count))/s.count));
     }
public:
   void              Init(int kind,int window)
     {
      m_kind=kind; m_window=window;
      ArrayResize(m_block,window); ArrayResize(m_ends,window);
      m_held=0; m_has_ends=false; m_has_beginning=false;
     }
   double            Push(double value)
     {
      if(!SoKnown(value))
        { m_held=0; m_has_ends=false; m_has_beginning=false; return(SoNan()); }
      SSoSummary sample=Sample(value);
      m_block[m_held++]=sample;
      if(!m_has_beginning)
         m_beginning=sample;
      else
         m_beginning=(m_kind<3 ? Merge(m_beginning,sample) : With(m_beginning,sample));
      m_has_beginning=true;
      if(m_held==m_window)
        {
         m_ends[m_window-1]=m_block[m_window-1];
         for(int i=m_window-2; i>=0; i--)
            m_ends[i]=(m_kind<3 ? Merge(m_block[i],m_ends[i+1]) : With(m_ends[i+1],m_block[i]));
         m_held=0; m_has_beginning=false; m_has_ends=true;
        }
      if(!m_has_ends)
         return(SoNan());
      if(!m_has_beginning)
         return(Result(m_ends[m_held]));
      SSoSummary merged=Merge(m_ends[m_held],m_beginning);
      return(Result(merged));
     }
  };

// The mean of the first n, then a + (x - a) / n, four steps at a time.
class CSoWilder
  {
   int               m_window,m_seen,m_steps;
   double            m_weight,m_keep[4],m_mean,m_base,m_pair,m_before;
public:
   void              Init(int window)
     {
      m_window=window; m_seen=0; m_steps=0; m_weight=1.0/window;
      m_keep[0]=1.0-m_weight;
      for(int i=1; i<4; i++)
         m_keep[i]=m_keep[i-1]*m_keep[0];
      m_mean=0.0; m_base=0.0; m_pair=0.0; m_before=0.0;
     }
   double            Push(double sample)
     {
      if(!SoKnown(sample))
         return(SoNan());
      if(m_seen<m_window)
        {
         m_seen++;
         double share=1.0/m_seen;
         m_mean=(1.0-share)*m_mean+share*sample;
         m_base=m_mean;
         return(m_seen==m_window ? m_mean : SoNan());
        }
      double part=m_weight*sample;
      int place=m_steps%2;
      m_pair=(place==0 ? part : m_keep[0]*m_pair+part);
      double added=(m_steps<2 ? m_pair : m_keep[place]*m_before+m_pair);
      m_mean=m_keep[m_steps]*m_base+added;
      m_steps++;
      if(m_steps==2)
         m_before=m_pair;
      else if(m_steps==4)
        { m_base=m_mean; m_steps=0; }
      return(m_mean);
     }
  };

// An exponential average after the mean of the first n, kept as the distance of the last number from it.
class CSoSmoothed
  {
   int               m_seed,m_seen,m_steps;
   double            m_keep[4],m_last,m_gap,m_base,m_added;
public:
   void              Init(int seed,double weight)
     {
      m_seed=seed; m_seen=0; m_steps=0;
      m_keep[0]=1.0-weight;
      for(int i=1; i<4; i++)
         m_keep[i]=m_keep[i-1]*m_keep[0];
      m_last=0.0; m_gap=0.0; m_base=0.0; m_added=0.0;
     }
   double            Push(double value)
     {
      if(!SoKnown(value))
        { m_seen=0; return(SoNan()); }
      if(m_seen<m_seed)
        {
         m_seen++;
         m_gap=(m_gap+(value-m_last))*(1.0-1.0/m_seen);
         m_base=m_gap; m_steps=0; m_added=0.0;
        }
      else
        {
         m_added=m_keep[0]*m_added+m_keep[0]*(value-m_last);
         m_gap=m_keep[m_steps]*m_base+m_added;
         m_steps++;
         if(m_steps==4)
           { m_base=m_gap; m_steps=0; m_added=0.0; }
        }
      m_last=value;
      return(m_seen==m_seed ? m_last-m_gap : SoNan());
     }
  };
